export function modelled(_open: unknown): void {}
