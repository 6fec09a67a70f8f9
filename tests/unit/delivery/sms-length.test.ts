import { phoneNoticeText, smsText } from '../../../src/delivery/message-text';
import { CATALOGUES } from '../../../src/messages/catalogues';
import { translationsIn } from '../../support/translations';

// A text message is billed by its segments: 160 characters of the GSM alphabet (3GPP TS 23.038), or 70 of any other.

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;

function segmentsOf(text: string): number {
  const [single, joined] = GSM.test(text) ? [160, 153] : [70, 67];
  return text.length <= single ? 1 : Math.ceil(text.length / joined);
}

const SITE = { issuer: 'Acme Portal', host: 'portal.acme.example' };
const CODE = { ...SITE, code: '204417', codeSeconds: 300 };

/** Scripts outside the GSM alphabet, as docs/languages.md lists them. */
const LONGER: Readonly<Record<string, number>> = { ja: 2, ar: 3 };

it.each([...CATALOGUES.keys()])('a text message is as short as it can be: %s', (language) => {
  const { fallback } = translationsIn(language);
  const texts = [
    ...(['login', 'step-up', 'enroll', 'unlock'] as const).map((purpose) =>
      smsText(fallback, { ...CODE, purpose }),
    ),
    phoneNoticeText(fallback, SITE),
  ];
  const most = LONGER[language] ?? 1;
  expect(texts.filter((text) => segmentsOf(text) > most)).toEqual([]);
});

it('counts the segments of a text', () => {
  expect(segmentsOf('a'.repeat(160))).toBe(1);
  expect(segmentsOf('a'.repeat(161))).toBe(2);
  expect(segmentsOf(`${'a'.repeat(69)}’`)).toBe(1);
  expect(segmentsOf(`${'a'.repeat(70)}’`)).toBe(2);
});
