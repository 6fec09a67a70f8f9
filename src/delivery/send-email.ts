import { parseEmailAddress } from '../core/address/destination';
import type { Channel } from '../core/member/factor-kind';
import { element } from '../messages/message-format';
import type { Translator } from '../messages/translator';
import type { PageLink } from '../options/brand';
import type { EmailMessage, EmailSender } from '../options/ports';
import { createTemplates, findViews, type Templates } from '../options/templates';
import { withTimeLimit } from './circuit-breaker';
import { DeliveryError } from './delivery-error';

/** The locals of each mail template, by its name below `views/email/`. Each has a `.text.ejs` and a `.html.ejs`. */
export interface EmailLocals {
  code: CodeEmailLocals;
  'factor-changed': FactorChangedEmailLocals;
  locked: LockedEmailLocals;
  'new-browser': NewBrowserEmailLocals;
  'recovery-code-used': RecoveryCodeUsedEmailLocals;
  notice: NoticeEmailLocals;
  reminder: ReminderEmailLocals;
}

export type EmailName = keyof EmailLocals;

export interface MailLocals {
  readonly issuer: string;
  /** Host name of the site, `portal.example.com`. */
  readonly site: string;
  /** Absolute URLs, like the next ones; null if there is none. */
  readonly logoUrl: string | null;
  readonly supportUrl: string | null;
  readonly helpLinks: readonly PageLink[];
  /** The colour of buttons: `#2f5bea`. */
  readonly accent: string;
  /** The account; null if the address is enough. */
  readonly account: string | null;
  /** `22 Nov 2026, 14:32 UTC` */
  readonly at: string;
  /** The origin of the request; null if the event did not come from a browser. */
  readonly origin: { readonly browser: string; readonly address: string } | null;
}

export interface CodeEmailLocals {
  readonly mail: MailLocals;
  readonly code: string;
  /** `5 minutes` */
  readonly validFor: string;
  readonly purpose: 'sign-in' | 'enrollment' | 'step-up';
  readonly fallbackFrom: Channel | null;
}

export interface FactorChangedEmailLocals {
  readonly mail: MailLocals;
  readonly change: 'added' | 'removed' | 'replaced' | 'recovery-codes-issued' | 'reset-by-administrator';
  /** The method, at the start of a sentence: `The authenticator app “Work phone”`. Not used for recovery codes and resets. */
  readonly method: string;
}

export interface LockedEmailLocals {
  readonly mail: MailLocals;
  readonly lockedUntil: string;
  /** Opens a page that asks for the second factor; it never signs anybody in. */
  readonly unlockUrl: string | null;
}

export interface NewBrowserEmailLocals {
  readonly mail: MailLocals;
  /** Opens the list of sessions, after a sign-in. It changes nothing by itself. */
  readonly reviewUrl: string;
}

export interface RecoveryCodeUsedEmailLocals {
  readonly mail: MailLocals;
  readonly left: number;
}

export interface NoticeEmailLocals {
  readonly mail: MailLocals;
  /** Subject and heading. */
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

export interface ReminderEmailLocals {
  readonly mail: MailLocals;
  /** The name of who asks; empty if it cannot be shown. */
  readonly actor: string;
  readonly url: string;
  /** Until when setup can be postponed; null if there is no date. */
  readonly dueAt: string | null;
}

export type Mail = {
  [Name in keyof EmailLocals]: { readonly name: Name; readonly locals: EmailLocals[Name] };
}[keyof EmailLocals];

/** Text and HTML must not share partials: ejs caches compiled templates by file name, with the escaping of the first use. */
export async function renderEmail<Name extends EmailName>(
  name: Name,
  locals: EmailLocals[Name],
  translator: Translator,
  templates: Templates = createTemplates(findViews(), null),
): Promise<Pick<EmailMessage, 'subject' | 'text' | 'html'>> {
  const { t, html: markup } = translator;
  const given = { ...locals, t, html: markup, element, translator };
  const [plain, html] = await Promise.all([
    templates.render(`email/${name}.text`, given, 'text'),
    templates.render(`email/${name}.html`, given),
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

/** Renders a mail and sends it to one address within a time limit. Rejects if it was not sent. */
export async function sendEmail(
  sender: EmailSender | null,
  sent: {
    readonly to: string;
    readonly mail: Mail;
    readonly translator: Translator;
    readonly timeoutSeconds: number;
    readonly templates: Templates | undefined;
    /** Called when the sender accepts the mail after its timeout. */
    readonly onLate?: () => void;
  },
): Promise<void> {
  const { to, mail, translator, timeoutSeconds, templates, onLate } = sent;
  if (sender === null) throw new DeliveryError('provider-failed', 'There is no email sender.');
  const parsed = parseEmailAddress(to);
  if (parsed.outcome === 'refused') {
    throw new DeliveryError('destination-refused', 'The address is not one plain email address.');
  }
  const content = await renderEmail(mail.name, mail.locals, translator, templates);
  const message = { to: parsed.address, ...content };
  await withTimeLimit(timeoutSeconds, (signal) => sender.send(message, signal), onLate);
}
