/** The texts of a record in which one field after the other holds something else, by the name of the field. */
export function damageEach(
  whole: object,
  otherwise: Readonly<Record<string, unknown>>,
): readonly (readonly [name: string, text: string])[] {
  return Object.entries(otherwise).map(([name, value]) => [
    name,
    JSON.stringify({ ...whole, [name]: value }),
  ]);
}
