export { smtpEmail } from './delivery/smtp-email';
export type { MailTransport, SmtpEmailOptions } from './delivery/smtp-email';
