import { makeScryptCheap, restoreScrypt } from './cheap-scrypt';

beforeAll(makeScryptCheap);
// The next file in this worker may be a unit test, which sees the same module of Node.
afterAll(restoreScrypt);
