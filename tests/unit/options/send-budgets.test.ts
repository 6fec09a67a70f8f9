import { OPTION_DEFAULTS } from '../../../src/options/options';
import { refusal, resolve } from './given-options';

describe('the budgets for codes', () => {
  it('keep the lists that were left out', () => {
    const { sends, allowedCountries } = resolve({
      sends: { perUser: [{ max: 5, seconds: 60 }], total: [] },
      allowedCountries: ['GB'],
    });
    expect(sends).toEqual({ ...OPTION_DEFAULTS.sends, perUser: [{ max: 5, seconds: 60 }], total: [] });
    expect(allowedCountries).toEqual(['GB']);
  });

  it.each([
    ['sends.perUser', { sends: { perUser: [] } }],
    ['sends.perDestination', { sends: { perDestination: [{ max: 0, seconds: 60 }] } }],
    ['sends.perDestination', { sends: { perDestination: [{ max: 101, seconds: 60 }] } }],
    ['sends.total', { sends: { total: [{ max: 1, seconds: 2_592_001 }] } }],
    ['sends.total', { sends: { total: [{ max: 1.5, seconds: 60 }] } }],
    ['sends.total', { sends: { total: { max: 1, seconds: 60 } } }],
    ['sends.perOrganization', { sends: { perOrganization: [{ max: 1, seconds: 60, days: 1 }] } }],
    ['sends.perCountry', { sends: { perCountry: [] } }],
    ['allowedCountries', { allowedCountries: [] }],
    ['allowedCountries', { allowedCountries: ['gb'] }],
    ['allowedCountries', { allowedCountries: 'GB' }],
  ])('are refused where they make no sense: %s', (option, changes) => {
    expect(refusal(changes).option).toBe(option);
  });
});
