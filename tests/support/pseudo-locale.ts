import { SOURCE_CATALOGUE } from '../../src/messages/catalogues';

/** A language that nobody speaks: brackets around each message, which is 40 % longer. What has no brackets is not in the catalogue. */
export const PSEUDO_LOCALE = 'en-XA';

const PADDING = ' łóŋǵéŕ';

export const PSEUDO_MESSAGES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SOURCE_CATALOGUE).map(([key, source]) => {
    const padding = PADDING.repeat(Math.ceil((source.length * 0.4) / PADDING.length));
    return [key, `⟦${source}${padding}⟧`];
  }),
);

/** The text of a page that is in no message: of its elements, and of the attributes that people read or hear. */
export function untranslated(html: string): readonly string[] {
  const attributes = [...html.matchAll(/\b(?:title|alt|aria-label|placeholder)="([^"]*)"/g)];
  const forScripts = [...html.matchAll(/\bdata-[a-z-]+="([^"{]* [^"]*)"/g)];
  const text = html
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<time\b[^>]*>[\s\S]*?<\/time>|<(?:bdi|code|svg)\b[\s\S]*?<\/(?:bdi|code|svg)>/g, '')
    .replaceAll(/<\/?(?:b|a|span|strong|em)\b[^>]*>/g, '');
  const pieces = [
    ...withoutMessages(text.replaceAll(/<[^>]*>/g, '\n')).split('\n'),
    ...[...attributes, ...forScripts].map(([, value = '']) => value),
  ];
  return pieces
    .map((piece) => withoutMessages(piece).replaceAll(/\s+/g, ' ').trim())
    .filter((piece) => /[A-Za-z]{3}/.test(piece));
}

/** Takes out what stands in brackets, also where a message holds another one. */
function withoutMessages(text: string): string {
  const rest = text.replaceAll(/⟦[^⟦⟧]*⟧/g, '');
  return rest === text ? rest : withoutMessages(rest);
}
