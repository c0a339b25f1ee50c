import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Dialect,
  IMAGE_MEDIA_TYPES,
  MOST_IMAGE_BYTES,
  MOST_IMAGES,
  SCHEMA_NAME,
} from '#protocols/chat-completions.ts';
import { ModelFailure } from './failure.ts';
import type { Asked } from './script.ts';
import { strictProblem } from './strict-schema.ts';
import { tokensOf } from './tokens.ts';

/** What was asked, read. */
export interface Question extends Asked {
  readonly dialect: Dialect;
  /** Models to try in turn, OpenRouter's fallbacks; the first is `model`. */
  readonly models: readonly string[];
  /** The schema the answer should keep; undefined when none was asked for. */
  readonly schema: unknown;
  /** Whether only a server that knows every parameter may answer. */
  readonly requiresParameters: boolean;
  readonly stream: boolean;
  readonly includesUsage: boolean;
  readonly mostCompletionTokens: number | undefined;
  /** An estimate: a token for four characters, and some for each image. */
  readonly promptTokens: number;
}

const TOKENS_PER_IMAGE = 765;

const ImageUrl = z.union([
  z.string(),
  z.looseObject({ url: z.string(), detail: z.enum(['low', 'high', 'auto']).optional() }),
]);
const Part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.literal('image_url'), image_url: ImageUrl }),
]);
const Message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(Part), z.null()]).optional(),
});
const Format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().regex(SCHEMA_NAME),
      strict: z.boolean().nullish(),
      schema: z.record(z.string(), z.unknown()),
    }),
  }),
]);
const Chat = z.looseObject({
  model: z.string().min(1),
  models: z.array(z.string()).optional(),
  messages: z.array(Message).min(1),
  response_format: Format.optional(),
  provider: z.looseObject({ require_parameters: z.boolean().optional() }).optional(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
});

export type ChatBody = z.infer<typeof Chat>;

/** @throws ModelFailure 400 when the body is no JSON. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new ModelFailure(400, 'We could not parse the JSON body of your request.');
  }
}

/** Reads the body of a chat. @throws ModelFailure 400 as the server words it. */
export function readChat(dialect: Dialect, json: unknown): Question {
  const read = Chat.safeParse(json);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    const param = path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
      .join('')
      .slice(1);
    throw new ModelFailure(400, `Invalid value for '${param}': ${message}`, { param });
  }
  return understood(dialect, read.data);
}

function understood(dialect: Dialect, chat: ChatBody): Question {
  const parts = chat.messages.flatMap(({ content }) => {
    return typeof content === 'string' ? [{ type: 'text', text: content } as const] : (content ?? []);
  });
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const urls = parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url] : []));
  if (urls.length > MOST_IMAGES) throw new ModelFailure(400, `Too many images: at most ${MOST_IMAGES} are allowed.`);
  const images = urls.map((url) => imageOf(addressOf(dialect, url)));
  const format = chat.response_format;
  const asked = format?.type === 'json_schema' ? format.json_schema : undefined;
  const problem = asked?.strict && dialect === 'openai' ? strictProblem(asked.name, asked.schema) : undefined;
  if (problem !== undefined) throw new ModelFailure(400, problem, { param: 'response_format' });
  return {
    dialect,
    model: chat.model,
    models: [chat.model, ...(dialect === 'openrouter' ? (chat.models ?? []).filter((id) => id !== chat.model) : [])],
    text,
    images,
    schema: asked?.schema,
    requiresParameters: dialect === 'openrouter' && chat.provider?.require_parameters === true,
    stream: chat.stream === true,
    includesUsage: chat.stream_options?.include_usage === true,
    mostCompletionTokens: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
    promptTokens: tokensOf(text) + images.length * TOKENS_PER_IMAGE,
  };
}

/** Ollama alone also takes the address by itself. @throws ModelFailure 400 */
function addressOf(dialect: Dialect, image: z.infer<typeof ImageUrl>): string {
  if (typeof image !== 'string') return image.url;
  if (dialect === 'ollama') return image;
  throw new ModelFailure(400, "Invalid type for 'messages.content.image_url': expected an object, but got a string.", {
    param: 'messages',
  });
}

/** An image as it arrived. @throws ModelFailure 400 unless it is a data URL of an image type in base64. */
function imageOf(url: string): Question['images'][number] {
  const [, mediaType = '', base64 = ''] = /^data:([\w/+.-]+);base64,([A-Za-z0-9+/]*={0,2})$/.exec(url) ?? [];
  if (!IMAGE_MEDIA_TYPES.some((known) => known === mediaType) || base64 === '' || base64.length % 4 !== 0) {
    const shown = url.length > 40 ? `${url.slice(0, 40)}...` : url;
    throw new ModelFailure(
      400,
      `Invalid image: expected a base64 data URL of PNG, JPEG, WEBP or GIF, got '${shown}'.`,
      {
        param: 'messages',
        code: 'invalid_image_url',
      },
    );
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MOST_IMAGE_BYTES) {
    throw new ModelFailure(400, 'Image too large', { param: 'messages', code: 'invalid_image' });
  }
  return { mediaType, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
