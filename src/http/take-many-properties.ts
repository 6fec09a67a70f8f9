const FIRST = Symbol('first');
const SECOND = Symbol('second');

/**
 * Makes it cheap to put properties on a request or a response, as express-session, Passport and every route do; it changes nothing
 * else. Express gives each of them another prototype with `Object.setPrototypeOf`, and V8 does not share what it learns about
 * the shape of such an object: each further property costs it a new hidden class, about a microsecond and a kilobyte. An
 * object that loses a property other than its last is kept as a dictionary, to which properties are added as to a map.
 */
export function takeManyProperties(object: object): void {
  const open: { [FIRST]?: true; [SECOND]?: true } = object;
  open[FIRST] = true;
  open[SECOND] = true;
  delete open[FIRST];
  delete open[SECOND];
}
