import { join } from 'node:path';

import { renderFile } from 'ejs';

import type { EmailMessage } from '../ports';
import { findViews } from '../views-path';
import type { EmailLocals, EmailName } from './email-views';

/**
 * Renders a mail from its two templates. The text template opens with a `Subject:` line, so that all words of a
 * mail stand in one place and are translated together. Text and HTML share no partial: ejs caches a compiled
 * template by its file name alone, together with the escaping it was first compiled with.
 */
export async function renderEmail<Name extends EmailName>(
  name: Name,
  locals: EmailLocals[Name],
  viewsPath: string = findViews(),
): Promise<Pick<EmailMessage, 'subject' | 'text' | 'html'>> {
  const template = join(viewsPath, 'email', name);
  const asText = { cache: true, escape: String };
  const [plain, html] = await Promise.all([
    renderFile(`${template}.text.ejs`, { ...locals }, asText),
    renderFile(`${template}.html.ejs`, { ...locals }, { cache: true }),
  ]);
  const [subjectLine = '', ...lines] = plain.trimStart().split('\n');
  return {
    subject: subjectLine.replace(/^Subject: /, '').trim(),
    text: `${lines
      .join('\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`,
    html: html.trim(),
  };
}
