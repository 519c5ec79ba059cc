/** HubSpot's internal names: lower-case letters, digits and `_`, a letter first, 50 characters at most. `transactionId` → `transaction_id`. */
export function toInternalName(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().replace(/[^a-z0-9_]+/g, '_')
  return (/^[a-z]/.test(words) ? words : `e_${words}`).slice(0, 50)
}
