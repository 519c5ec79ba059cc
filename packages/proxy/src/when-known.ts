/**
 * Goes on at once with what is known already, and with a promise only where somebody must be asked: for a request that needs nobody,
 * promises would cost more than most of what is done for it.
 */
export function whenKnown<Value, Result>(value: Value | Promise<Value>, then: (value: Value) => Result | Promise<Result>): Result | Promise<Result> {
  return value instanceof Promise ? value.then(then) : then(value)
}
