import { resolve } from './given-options';

describe('onError', () => {
  it('is told, and its own failure ends there', async () => {
    const told: unknown[] = [];
    const failing = (error: unknown) => {
      told.push(error);
      throw new Error('The log is full.');
    };
    resolve({ onError: failing }).onError('first');
    const failingLater = async (failure: unknown) => {
      await Promise.resolve();
      failing(failure);
    };
    resolve({ onError: failingLater }).onError('second');
    await new Promise((done) => setImmediate(done));
    expect(told).toEqual(['first', 'second']);
  });
});
