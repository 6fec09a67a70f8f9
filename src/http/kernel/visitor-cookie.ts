import type { Request, Response } from 'express';
import {
  VISITOR_TOKEN_SECONDS,
  isVisitorMarkLive,
  readVisitorHalf,
  writeVisitorHalf,
  type VisitorMark,
} from '../../core/proof/bearer-token';
import type { KeyRing } from '../../core/proof/key-ring';

/** What the cookies of visitors are made with. */
export interface VisitorCookieSettings {
  readonly keyRing: KeyRing;
  readonly secure: boolean;
}

/** More than a browser gets by opening pages; the rest was planted. */
const MOST_COOKIES = 8;

const COOKIE = /^([\w-]+-[0-9a-f]{8})=([0-9a-f]{64})$/;

/** Over TLS the prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2). */
function prefixOf({ secure }: VisitorCookieSettings): string {
  return secure ? '__Host-mfa-visitor-' : 'mfa-visitor-';
}

/**
 * Each mark has a cookie of its own: two tabs that a browser opens at once, without a cookie yet, would otherwise overwrite
 * each other's.
 */
function nameOf(settings: VisitorCookieSettings, { id }: VisitorMark): string {
  return prefixOf(settings) + id.slice(0, 8);
}

/** The live marks that this browser sent, the newest first. */
export function readVisitorMarks(
  settings: VisitorCookieSettings,
  req: Request,
  now: number,
): readonly VisitorMark[] {
  return visitorCookies(settings, req)
    .map(({ value }) => readVisitorHalf(settings.keyRing, 'cookie', value))
    .filter((mark) => mark !== null)
    .filter((mark) => isVisitorMarkLive(mark, now))
    .toSorted((one, other) => other.issuedAtSeconds - one.issuedAtSeconds);
}

export function setVisitorCookie(settings: VisitorCookieSettings, res: Response, mark: VisitorMark): void {
  const value = writeVisitorHalf(settings.keyRing, 'cookie', mark);
  const maxAge = VISITOR_TOKEN_SECONDS * 1000;
  res.cookie(nameOf(settings, mark), value, { ...attributes(settings), maxAge });
}

/** `Lax`, so that a link from another site finds the cookie and adds none. */
function attributes({ secure }: VisitorCookieSettings) {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
}

function visitorCookies(
  settings: VisitorCookieSettings,
  req: Request,
): readonly { readonly name: string; readonly value: string }[] {
  const prefix = prefixOf(settings);
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => COOKIE.exec(pair))
    .filter((cookie) => cookie !== null)
    .slice(0, MOST_COOKIES)
    .map(([, name = '', value = '']) => ({ name, value }));
}
