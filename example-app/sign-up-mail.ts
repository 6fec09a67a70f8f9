import type { EmailMessage } from 'express-mfa';

/** One mail to who typed this address: a link to go on, or word that there is an account already. */
export function signUpMail(mail: {
  readonly to: string;
  readonly known: boolean;
  readonly link: string;
}): EmailMessage {
  const { to, known, link } = mail;
  const sentence = known
    ? 'Somebody tried to sign up with this address, which has an account already. If it was you, sign in here:'
    : 'Somebody signed up for Acme Portal with this address. If it was you, open this link to continue:';
  const after = known
    ? 'If it wasn’t you, there’s nothing to do.'
    : 'It expires in 24 hours. If it wasn’t you, ignore this mail.';
  return {
    to,
    subject: known ? 'You have an Acme Portal account' : 'Verify your email address for Acme Portal',
    text: `${sentence}\n\n${link}\n\n${after}\n`,
    html: `<p>${sentence}</p><p><a href="${link}">${link}</a></p><p>${after}</p>`,
  };
}
