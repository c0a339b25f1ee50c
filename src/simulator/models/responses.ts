import { z } from 'zod';
import type { Completion } from './completion.ts';
import { ModelFailure } from './failure.ts';

/**
 * OpenAI's newer endpoint, `/responses`, for one stateless question: read as the chat it amounts to, and answered in its own
 * shape. Tools, stored conversations and streams are left out.
 */

const Text = z.looseObject({ type: z.enum(['input_text', 'output_text']), text: z.string() });
const Image = z.looseObject({ type: z.literal('input_image'), image_url: z.string(), detail: z.string().optional() });
const Item = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Image]))]),
});
const Request = z.looseObject({
  model: z.string().min(1),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(Item).min(1)]),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).optional() }).optional(),
  max_output_tokens: z.int().min(1).nullish(),
  stream: z.literal(false).nullish(),
});

/** The chat body that a request to `/responses` amounts to. @throws ModelFailure 400 */
export function chatOfResponses(json: unknown): object {
  const read = Request.safeParse(json);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new ModelFailure(400, `Invalid value for '${path.join('.')}': ${message}`, { param: path.join('.') });
  }
  const { model, instructions, input, text, max_output_tokens } = read.data;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  return {
    model,
    messages: [
      ...(instructions ? [{ role: 'system', content: instructions }] : []),
      ...items.map(({ role, content }) => ({
        role,
        content: typeof content === 'string' ? content : content.map(partOf),
      })),
    ],
    ...(text?.format && { response_format: formatOf(text.format) }),
    ...(max_output_tokens && { max_completion_tokens: max_output_tokens }),
  };
}

function partOf(part: z.infer<typeof Text> | z.infer<typeof Image>): object {
  return part.type === 'input_image'
    ? { type: 'image_url', image_url: { url: part.image_url } }
    : { type: 'text', text: part.text };
}

/** Here name and schema stand beside the type; a chat has them one level down. */
function formatOf({ type, ...schema }: { readonly type: string }): object {
  return type === 'json_schema' ? { type, json_schema: schema } : { type };
}

/** A completion as `/responses` answers it. */
export function responseBody(number: number, at: number, completion: Completion): object {
  const { model, content, refusal, finish, usage } = completion;
  const isWhole = finish === 'stop';
  const text = { type: 'output_text', text: content === null ? '' : String(content), annotations: [] };
  return {
    id: `resp_${number}`,
    object: 'response',
    created_at: Math.floor(at / 1000),
    status: isWhole ? 'completed' : 'incomplete',
    ...(!isWhole && { incomplete_details: { reason: finish === 'length' ? 'max_output_tokens' : finish } }),
    error: null,
    model,
    output: [
      {
        type: 'message',
        id: `msg_${number}`,
        role: 'assistant',
        status: isWhole ? 'completed' : 'incomplete',
        content: [refusal === null ? text : { type: 'refusal', refusal }],
      },
    ],
    usage: {
      input_tokens: usage.promptTokens,
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
      total_tokens: usage.promptTokens + usage.completionTokens,
    },
  };
}
