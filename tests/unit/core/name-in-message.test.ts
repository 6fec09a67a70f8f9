import { labelInMessage, personInMessage } from '../../../src/core/text/typed-text';

describe('labelInMessage', () => {
  it.each([
    'Work phone',
    'Mary’s iPhone 15 (old)',
    "Bob's T-Mobile #2",
    'Téléphone d’Émilie',
    'Телефон',
    '私の電話',
    'هاتف',
    'Pixel 9 📱',
    'A+B & C',
  ])('leaves %j as it is', (label) => {
    expect(labelInMessage(label)).toBe(label);
  });

  it.each([
    ['Your account is blocked, visit https://evil.example/x', 'Your account is blocked visit'],
    ['Visit evil.example now', 'Visit now'],
    ['Visit EVIL.example', 'Visit'],
    ['Visit evil．example', 'Visit'],
    ['Visit evil。example', 'Visit'],
    ['Visit evil․example', 'Visit'],
    ['Visit evil[.]example', 'Visit'],
    ['evil.\u200Bexample', ''],
    ['http:evil', ''],
    ['hxxp://evil', ''],
    ['//evil', ''],
    ['www evil', 'evil'],
    ['Write to eve@evil.example', 'Write to'],
    ['Write to eve＠evil', 'Write to'],
    ['1.1.1.1', ''],
    ['Call +44 7700 900123 now', 'Call + now'],
    ['Call (0800)-555-1234', 'Call ('],
    ['Call ٠٨٠٠٥٥٥١٢٣٤', 'Call'],
    ['<b>Bold</b> move', 'move'],
    ['Line\r\nBcc: eve', 'Line eve'],
    ['\u202Eenohp kroW', 'enohp kroW'],
    ['a'.repeat(60), `${'a'.repeat(29)}…`],
    ['📱'.repeat(40), `${'📱'.repeat(29)}…`],
    ['  ', ''],
  ])('turns %j into %j', (label, shown) => {
    expect(labelInMessage(label)).toBe(shown);
  });
});

describe('personInMessage', () => {
  it.each([
    ['Mary Jackson', 'Mary Jackson'],
    ['mary.jackson@acme.example', 'mary.jackson@acme.example'],
    ['Your account is blocked, visit https://evil.example', 'Your account is blocked, visit'],
    ['Mary evil.example/x', 'Mary'],
    ['Mary www.evil.example', 'Mary'],
    ['Mary\r\nBcc: eve@evil.example', 'Mary Bcc: eve@evil.example'],
    ['Mary javascript:x', 'Mary'],
    ['M'.repeat(200), `${'M'.repeat(59)}…`],
  ])('turns %j into %j', (name, shown) => {
    expect(personInMessage(name)).toBe(shown);
  });
});
