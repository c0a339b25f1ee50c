import type { FORMS } from './script.ts';

type Form = (typeof FORMS)[number];

/** A value as a model writes it down: as JSON, or wrapped, cut or misspelt as models do. */
export function written(value: unknown, form: Form): unknown {
  const json = JSON.stringify(value);
  switch (form) {
    case 'plain':
      return json;
    case 'fenced':
      return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
    case 'prose':
      return `Here is my answer:\n\n\`\`\`json\n${json}\n\`\`\`\n\nThis is no financial advice.`;
    case 'trailing':
      return `${json}\n\nNote: all of this may be wrong.`;
    case 'strings':
      return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? String(inner) : inner));
    case 'truncated':
      return json.slice(0, Math.floor(json.length / 2));
    case 'blocks':
      return [{ type: 'text', text: json }];
  }
}
