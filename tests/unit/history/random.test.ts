import { createRandom } from '../../history/random';

describe('numbers from a seed', () => {
  const draw = (seed: number, stream: string) => {
    const random = createRandom(seed, stream);
    return Array.from({ length: 200 }, () => random.whole(10));
  };

  it('are the same each time', () => {
    expect(draw(7, 'one')).toEqual(draw(7, 'one'));
  });

  it('differ from those of another seed or stream', () => {
    expect(draw(7, 'one')).not.toEqual(draw(8, 'one'));
    expect(draw(7, 'one')).not.toEqual(draw(7, 'two'));
  });

  it('reach every value below the limit and none at it', () => {
    expect(new Set(draw(7, 'one'))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it('choose as the weights say', () => {
    const random = createRandom(7, 'weights');
    const drawn = Array.from({ length: 1000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }));
    expect(drawn.filter((key) => key === 'often').length).toBeGreaterThan(800);
    expect(drawn).toContain('seldom');
    expect(drawn).not.toContain('never');
  });
});
