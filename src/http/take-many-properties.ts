/** From Node 24 on V8 shares shapes across a change of prototype, and there is nothing to gain. */
const SHARES_SHAPES = Number.parseInt(process.versions.node, 10) >= 24;

/**
 * Makes it cheap to put properties on a request or a response, as express-session, Passport and every route do; it changes nothing
 * else. Express gives each of them another prototype with `Object.setPrototypeOf`, and V8 up to Node 23 does not share what it
 * learns about the shape of such an object: each further property costs it a new hidden class, about a microsecond and a
 * kilobyte. An object that loses a property other than its last is kept as a dictionary, to which properties are added as to
 * a map. So `key`, one that the object has from the start, is taken off and put on again.
 */
export function takeManyProperties<Key extends PropertyKey>(object: Record<Key, unknown>, key: Key): void {
  if (SHARES_SHAPES || !Object.hasOwn(object, key)) return;
  const value = object[key];
  Reflect.deleteProperty(object, key);
  object[key] = value;
}
