declare const brand: unique symbol;

/** A `Base` that only its own constructor makes: the compiler keeps prices, quantities and ids apart. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Ends every switch over a union: a new kind then fails to compile wherever it is not handled. */
export function unreachable(value: never): never {
  throw new Error('Unreachable: a switch misses a case', { cause: value });
}
