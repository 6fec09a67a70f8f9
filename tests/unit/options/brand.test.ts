import * as fc from 'fast-check';
import { contrast, resolveBrand } from '../../../src/options/brand';
import { refusal, resolve } from './given-options';

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

const accentOf = (css: string | null) => [...(css ?? '').matchAll(/--mfa-accent: (#[0-9a-f]{6});/gi)];

describe('the contrast of two colours', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
  ])('is that of WCAG: %s on %s', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2);
    expect(contrast(other, one)).toBeCloseTo(ratio, 2);
  });
});

describe('a brand', () => {
  it('leaves our colours, mark and icon where it says nothing', () => {
    expect(resolveBrand()).toEqual({
      logoUrl: null,
      faviconUrl: null,
      supportUrl: null,
      accent: null,
      css: null,
      imageOrigins: [],
    });
  });

  it('allows images from the origins it names, and from no other', () => {
    const brand = { logoUrl: 'https://cdn.acme.example/logo.svg', faviconUrl: '/favicon.svg' };
    expect(resolveBrand(brand).imageOrigins).toEqual(['https://cdn.acme.example']);
  });

  it('has an accent that can be read on light and on dark pages, or is refused with the nearest that can', () => {
    fc.assert(
      fc.property(hex, (accent) => {
        if (contrast(accent, '#f6f7f9') < 4.5) {
          const { message } = refusal({ brand: { accent } });
          const [, nearest = ''] = /Write (#[0-9a-f]{6})\.$/.exec(message) ?? [];
          expect(resolve({ brand: { accent: nearest } }).brand.accent).toBe(nearest);
          return;
        }
        const [light, dark] = accentOf(resolveBrand({ accent }).css);
        expect(light?.[1]).toBe(accent);
        expect(contrast(dark?.[1] ?? '', '#181c25')).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('keeps an accent on dark pages that can be read there', () => {
    const [, dark] = accentOf(resolveBrand({ accent: '#0b6e4f', darkAccent: '#5fd0a6' }).css);
    expect(dark?.[1]).toBe('#5fd0a6');
    expect(refusal({ brand: { accent: '#0b6e4f', darkAccent: '#0b6e4f' } })).toMatchObject({
      option: 'brand.darkAccent',
    });
    expect(refusal({ brand: { darkAccent: '#5fd0a6' } })).toMatchObject({ option: 'brand.darkAccent' });
  });

  it.each([
    ['brand.accent', { brand: { accent: 'red' } }],
    ['brand.accent', { brand: { accent: '#fff' } }],
    ['brand.logoUrl', { brand: { logoUrl: 'http://acme.example/logo.svg' } }],
    ['brand.logoUrl', { brand: { logoUrl: '//acme.example/logo.svg' } }],
    ['brand.logoUrl', { brand: { logoUrl: 'data:image/svg+xml,<svg/>' } }],
    ['brand.faviconUrl', { brand: { faviconUrl: 'favicon.svg' } }],
    ['brand.supportUrl', { brand: { supportUrl: 'javascript:alert(1)' } }],
    ['brand.colour', { brand: { colour: '#000000' } }],
    ['stylesheet', { stylesheet: 'https://cdn.acme.example/theme.css' }],
    ['signInLinks', { signInLinks: [{ label: 'Forgot', url: 'javascript:alert(1)' }] }],
    ['signInLinks', { signInLinks: [{ label: '', url: '/forgot' }] }],
    ['signInLinks', { signInLinks: Array.from({ length: 6 }, () => ({ label: 'Help', url: '/help' })) }],
  ])('is refused: %s in %j', (option, changes) => {
    expect(refusal(changes)).toMatchObject({ option });
  });
});
