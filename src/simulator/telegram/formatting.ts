import { HTML_ENTITIES, MARKDOWN_RESERVED } from '#protocols/telegram.ts';
import { badRequest } from './failure.ts';

/** A stretch of a text that is shown in another way. Offset and length count UTF-16 units. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly Entity[];
}

/** Reads a text as its `parse_mode` says. @throws TelegramFailure 400 when it cannot be read. */
export function formatted(text: string, parseMode: string | undefined): FormattedText {
  switch (parseMode?.toLowerCase()) {
    case undefined:
    case '':
      return { text, entities: [] };
    case 'html':
      return readHtml(text);
    case 'markdownv2':
      return readMarkdown(text);
    default:
      throw badRequest('unsupported parse_mode');
  }
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const HTML_PIECE = /<(\/?)([a-z-]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>|&(#\d+|#x[\da-f]+|[a-z]+);|<|[^<&]+|&/giy;

interface OpenTag {
  readonly name: string;
  readonly offset: number;
  readonly url: string | undefined;
}

function readHtml(source: string): FormattedText {
  const entities: Entity[] = [];
  const open: OpenTag[] = [];
  let text = '';
  for (const { 0: piece, 1: slash, 2: name, 3: attributes, 4: reference, index } of source.matchAll(HTML_PIECE)) {
    if (name !== undefined) {
      if (slash === '/') close(open, name.toLowerCase(), text, entities);
      else open.push(tagOf(name.toLowerCase(), attributes ?? '', text.length));
    } else if (piece === '<') {
      const tag = /^[^\s>]*/.exec(source.slice(index + 1, index + 20))?.[0];
      throw unreadable(`Unsupported start tag "${tag}" at byte offset ${Buffer.byteLength(source.slice(0, index))}`);
    } else {
      text += reference === undefined ? piece : characterOf(reference, piece);
    }
  }
  const left = open.at(-1);
  if (left !== undefined) throw unreadable(`Can't find end tag corresponding to start tag "${left.name}"`);
  return { text, entities };
}

function tagOf(name: string, attributes: string, offset: number): OpenTag {
  if (!Object.hasOwn(HTML_ENTITIES, name) && name !== 'span') throw unreadable(`Unsupported start tag "${name}"`);
  return { name, offset, url: /href="([^"]*)"/i.exec(attributes)?.[1] };
}

function close(open: OpenTag[], name: string, text: string, entities: Entity[]): void {
  const tag = open.pop();
  if (tag === undefined) throw unreadable('Unexpected end tag');
  if (tag.name !== name) throw unreadable(`Unmatched end tag, expected "</${tag.name}>", found "</${name}>"`);
  const type = HTML_ENTITIES[name] ?? 'spoiler';
  const length = text.length - tag.offset;
  if (length > 0) entities.push({ type, offset: tag.offset, length, ...(tag.url !== undefined && { url: tag.url }) });
}

function characterOf(reference: string, piece: string): string {
  if (!reference.startsWith('#')) return NAMED[reference] ?? piece;
  const code = /^#x/i.test(reference) ? Number.parseInt(reference.slice(2), 16) : Number(reference.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : piece;
}

const MARKS = ['__', '||', '*', '_', '~'] as const;
const MARK_ENTITIES: Readonly<Record<string, string>> = {
  '*': 'bold',
  _: 'italic',
  __: 'underline',
  '~': 'strikethrough',
  '||': 'spoiler',
};
const CODE = /```(?:[a-z]+\n)?([\s\S]*?)```|`([^`]*)`/y;
const LINK = /\[((?:\\.|[^\]\\])*)\]\(((?:\\.|[^)\\])*)\)/y;

function readMarkdown(source: string): FormattedText {
  const entities: Entity[] = [];
  const open: { readonly mark: string; readonly offset: number }[] = [];
  let text = '';
  for (let at = 0; at < source.length; ) {
    const character = source[at]!;
    const code = matchAt(CODE, source, at) ?? matchAt(LINK, source, at);
    const mark = MARKS.find((one) => source.startsWith(one, at));
    if (character === '\\' && at + 1 < source.length) {
      text += source[at + 1];
      at += 2;
    } else if (code !== undefined) {
      const type = character === '[' ? 'text_link' : code[0].startsWith('```') ? 'pre' : 'code';
      const inner = unescaped(code[1] ?? code[2] ?? '');
      entities.push({
        type,
        offset: text.length,
        length: inner.length,
        ...(type === 'text_link' && { url: code[2]! }),
      });
      text += inner;
      at += code[0].length;
    } else if (mark !== undefined) {
      const begun = open.at(-1)?.mark === mark ? open.pop() : undefined;
      if (begun === undefined) open.push({ mark, offset: text.length });
      else entities.push({ type: MARK_ENTITIES[mark]!, offset: begun.offset, length: text.length - begun.offset });
      at += mark.length;
    } else if (MARKDOWN_RESERVED.includes(character) && !isQuote(source, at)) {
      throw unreadable(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
    } else {
      text += isQuote(source, at) ? '' : character;
      at += 1;
    }
  }
  const left = open.at(-1);
  if (left !== undefined) throw unreadable(`Can't find end of the entity starting at byte offset ${left.offset}`);
  return { text, entities };
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}

/** A `>` that begins a line quotes it. */
function isQuote(source: string, at: number): boolean {
  return source[at] === '>' && (at === 0 || source[at - 1] === '\n');
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function unreadable(why: string) {
  return badRequest(`can't parse entities: ${why}`);
}
