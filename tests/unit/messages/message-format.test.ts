import { MessageFormatter, element, namesIn, parseMessage } from '../../../src/messages/message-format';

const english = new MessageFormatter('en');

const text = (source: string, values = {}, by = english) => by.text(parseMessage(source), values);
const html = (source: string, values = {}, tags = {}) => english.html(parseMessage(source), values, tags);

describe('a message as text', () => {
  it('fills in its placeholders', () => {
    expect(text('Back to {issuer}', { issuer: 'Acme' })).toBe('Back to Acme');
  });

  it('writes numbers as the language does', () => {
    expect(text('{n} members', { n: 12_400 })).toBe('12,400 members');
    expect(text('{n, number, percent}', { n: 0.79 })).toBe('79%');
    expect(text('{n} Mitglieder', { n: 12_400 }, new MessageFormatter('de'))).toBe('12.400 Mitglieder');
  });

  it('chooses the plural form of the language', () => {
    const source = '{n, plural, =0 {none} one {# kod} few {# kody} many {# kodów} other {# kodu}}';
    const polish = new MessageFormatter('pl');
    expect([0, 1, 3, 5, 22].map((n) => text(source, { n }, polish))).toEqual([
      'none',
      '1 kod',
      '3 kody',
      '5 kodów',
      '22 kody',
    ]);
  });

  it('chooses an ordinal form', () => {
    const source = '{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}';
    expect([1, 2, 3, 4].map((n) => text(source, { n }))).toEqual(['1st', '2nd', '3rd', '4th']);
  });

  it('chooses a case by a word, and keeps the number of a plural around it', () => {
    const source = '{n, plural, other {{how, select, sms {# texts} other {# codes}}}}';
    expect(text(source, { n: 2, how: 'sms' })).toBe('2 texts');
    expect(text(source, { n: 2, how: 'app' })).toBe('2 codes');
  });

  it('leaves its tags out', () => {
    expect(text('<b>Never</b> share it.')).toBe('Never share it.');
  });

  it.each([['{name}'], ['{name, plural, other {#}}'], ['{name, select, other {x}}']])(
    'is refused without a value: %s',
    (source) => {
      expect(() => text(source, {})).toThrow(new TypeError('A message needs the value "name".'));
    },
  );

  it('takes no value from a prototype', () => {
    expect(() => text('{constructor}', {})).toThrow('A message needs the value "constructor".');
  });

  it('is refused where a plural gets no number', () => {
    expect(() => text('{n, plural, other {#}}', { n: '3' })).toThrow('must be a number');
  });
});

describe('a message as HTML', () => {
  it('escapes its text and its values', () => {
    expect(html('Tom & {name}', { name: '<script>' })).toBe('Tom &amp; &lt;script&gt;');
  });

  it('turns a tag into its element, with escaped attributes', () => {
    const tags = { link: ['a', { href: '/a?b=1&c="' }] };
    expect(html('<link>Here</link>', {}, tags)).toBe('<a href="/a?b=1&amp;c=&#34;">Here</a>');
  });

  it('keeps a tag that has no entry as an element of its name', () => {
    expect(html('<b>Now</b>')).toBe('<b>Now</b>');
  });

  it('makes no tag of a value', () => {
    expect(html('{name}', { name: '<b>' })).toBe('&lt;b&gt;');
  });

  it('takes markup as it is', () => {
    expect(html('To {to}.', { to: element('span', { class: 'x' }, '<') })).toBe(
      'To <span class="x">&lt;</span>.',
    );
  });
});

describe('what a message cannot hold', () => {
  it.each([
    ['{n, date}', 'only {name, number}'],
    ['{n, plural, one {x}}', 'has no case "other"'],
    ['{n, plural, offset:1 other {#}}', 'offset is not supported'],
    ['{n', 'Unexpected message end'],
  ])('%s', (source, fault) => {
    expect(() => parseMessage(source)).toThrow(fault);
  });
});

it('names the placeholders and tags of a message, also inside its cases', () => {
  const { values, tags } = namesIn(parseMessage('{a} {n, plural, one {<b>{c}</b>} other {#}}'));
  expect([...values].toSorted()).toEqual(['a', 'c', 'n']);
  expect([...tags]).toEqual(['b']);
});
