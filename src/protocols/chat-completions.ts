/**
 * Facts of the chat-completions wire as OpenAI, OpenRouter and Ollama speak it.
 * @see https://platform.openai.com/docs/api-reference/chat, https://openrouter.ai/docs/api-reference, https://docs.ollama.com/openai
 */

/** Three servers of one wire; they differ in what they add and refuse. */
export type Dialect = 'openai' | 'openrouter' | 'ollama';

/** Why an answer ended. `length`: it is cut off. */
export const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/** What may be sent as a data URL. */
export const IMAGE_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export const MOST_IMAGES = 500;
export const MOST_IMAGE_BYTES = 20 * 2 ** 20;

/** What a JSON schema of an answer may be called. */
export const SCHEMA_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** What Ollama reads of a prompt on a graphics card with less than 24 GiB; it drops the beginning of a longer one. */
export const OLLAMA_CONTEXT_TOKENS = 4096;

/** How OpenAI names the kind of an error, by HTTP status. */
export const OPENAI_ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_request_error',
  403: 'invalid_request_error',
  404: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'server_error',
};

/** The same for Ollama. */
export const OLLAMA_ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
};
