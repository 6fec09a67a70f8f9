import type { Response } from 'supertest';

/** What a stranger can tell one answer from another by. */
export interface AnswerShape {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** These hold a token, an instant or what follows from them: that they are there is compared, and not what they say. */
const OF_THEIR_OWN = new Set(['date', 'etag', 'retry-after', 'set-cookie']);

/** An answer without its tokens and instants, and with `hidden`, which the visitor typed, left out of it. */
export function shapeOfAnswer({ status, headers, text }: Response, hidden: string): AnswerShape {
  const plain = (said: string) =>
    said.replaceAll(hidden, '(typed)').replaceAll(/kept(=|%3D)[\w-]{22}/g, 'kept$1(random)');
  const seen = Object.entries(headers as Readonly<Record<string, string>>).map(
    ([name, value]) => [name, OF_THEIR_OWN.has(name) ? 'there' : plain(value)] as const,
  );
  return {
    status,
    headers: Object.fromEntries(seen),
    text: plain(text)
      .replaceAll(/name="_csrf" value="[^"]*"/g, 'name="_csrf"')
      .replaceAll(/"(csrfToken|retryAfterSeconds)":("[^"]*"|\d+)/g, '"$1"'),
  };
}
