import type { Request } from 'express';
import { fieldOf, returnToHere, wantsOthersEnded } from '../../../src/http/kernel/request';

describe('a field of a body', () => {
  it.each([undefined, null, 'name=ada', 7, {}, Object.create({ name: 'ada' })])(
    'is missing where the body is %p',
    (body) => {
      expect(fieldOf(body, 'name')).toBeUndefined();
    },
  );

  it('is what was sent', () => {
    expect(fieldOf({ name: 'ada' }, 'name')).toBe('ada');
  });
});

describe('whether a change ends the other sessions', () => {
  it.each([
    [true, 'JSON that does not say', {}],
    [false, 'JSON that says no', { endOthers: false }],
    [true, 'JSON that says yes', { endOthers: true }],
    [true, 'a form with the box ticked', { endOthers: 'yes', endOthersShown: 'yes' }],
    [false, 'a form with the box not ticked', { endOthersShown: 'yes' }],
  ])('is %p for %s', (ends, _sent, body) => {
    expect(wantsOthersEnded(body)).toBe(ends);
  });
});

describe('the path to return to', () => {
  const context = { options: { publicPrefix: '' } } as Parameters<typeof returnToHere>[0];
  it.each([
    ['GET', '/reports?year=2026'],
    ['HEAD', '/reports?year=2026'],
    ['POST', null],
  ])('after a %s is %p', (method, path) => {
    const req = { method, originalUrl: '/reports?year=2026' } as Request;
    expect(returnToHere(context, req)).toBe(path);
  });
});
