import { cutForUri, cutText, toWellFormed } from '../../../src/core/text/typed-text';

describe('cutText', () => {
  it.each([
    ['short', 5, 'short'],
    ['too long', 3, 'too'],
    ['😀😀😀', 4, '😀😀'],
    ['😀😀😀', 3, '😀'],
    ['a😀', 2, 'a'],
    ['\ud800a', 9, '\ufffda'],
    ['', 3, ''],
  ])('cuts %j to %i units as %j', (text, longest, expected) => {
    expect(cutText(text, longest)).toBe(expected);
  });
});

describe('cutForUri', () => {
  it.each([
    ['ada@acme.example', 20, 'ada%40acme.example'],
    ['ada@acme.example', 18, 'ada%40acme.example'],
    ['ada@acme.example', 17, 'ada%40ac%E2%80%A6'],
    ['漢漢漢', 27, '%E6%BC%A2%E6%BC%A2%E6%BC%A2'],
    ['漢漢漢', 26, '%E6%BC%A2%E2%80%A6'],
    ['a \ud800 b', 30, 'a%20%EF%BF%BD%20b'],
    ['a b', 4, '%E2%80%A6'],
  ])('makes of %j at most %i characters of a URI', (text, longest, expected) => {
    expect(encodeURIComponent(cutForUri(text, longest))).toBe(expected);
  });
});

it('leaves well-formed text alone', () => {
  expect(toWellFormed('Zoë 😀 \ufffd')).toBe('Zoë 😀 \ufffd');
});
