import type { DeliveredKind } from './factor-kind';

/** `m•••@acme.example`: enough for the owner to know the address, too little to learn it. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at > 0 ? `${first}•••@${address.slice(at + 1)}` : '•••';
}

/** `•••• 4417`: the last four digits, or two where the number is short. */
export function maskPhone(e164: string): string {
  const digits = e164.replaceAll(/\D/g, '');
  return `•••• ${digits.slice(digits.length >= 9 ? -4 : -2)}`;
}

export function maskDestination(kind: DeliveredKind, destination: string): string {
  return kind === 'email' ? maskEmail(destination) : maskPhone(destination);
}
