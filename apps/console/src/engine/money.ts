/** Exact arithmetic of amounts that are texts. Only for what is proposed to somebody; what is booked, the server reckons. */
const PARTS = 8

function partsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const parts = BigInt((whole || '0') + fraction.padEnd(PARTS, '0').slice(0, PARTS))
  return text.startsWith('-') ? -parts : parts
}

function written(parts: bigint): string {
  const text = (parts < 0n ? -parts : parts).toString().padStart(PARTS + 1, '0')
  const fraction = text.slice(-PARTS).replace(/0+$/, '')
  return `${parts < 0n ? '-' : ''}${text.slice(0, -PARTS)}${fraction ? `.${fraction}` : ''}`
}

const isAmount = (text: string): boolean => /^-?\d*(\.\d*)?$/.test(text) && /\d/.test(text)

/** What is left of one when the other is taken off. */
export const difference = (one: string, other: string): string => (isAmount(one) && isAmount(other) ? written(partsOf(one) - partsOf(other)) : '')

export const total = (amounts: string[]): string => written(amounts.filter(isAmount).reduce((sum, amount) => sum + partsOf(amount), 0n))
