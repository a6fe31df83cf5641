/** Counting with amounts, which are texts: in their smallest parts, as `bigint`. A float would change them. */

const PARTS = 8
const ONE = 10n ** BigInt(PARTS)

/** Also of what is still being typed: `12.`, `.5`. What is no amount is none. */
export function partsOf(text: string): bigint {
  const found = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim())
  if (!found) return 0n
  const [, sign, whole = '', fraction = ''] = found
  const parts = BigInt(`0${whole}` + fraction.padEnd(PARTS, '0').slice(0, PARTS))
  return sign ? -parts : parts
}

export function written(parts: bigint): string {
  const [sign, size] = parts < 0n ? ['-', -parts] : ['', parts]
  const fraction = (size % ONE).toString().padStart(PARTS, '0').replace(/0+$/, '')
  return `${sign}${size / ONE}${fraction ? `.${fraction}` : ''}`
}

export const added = (texts: string[]): string => written(texts.reduce((sum, text) => sum + partsOf(text), 0n))

export const less = (one: string, other: string): string => written(partsOf(one) - partsOf(other))

export const isZero = (text: string): boolean => partsOf(text) === 0n

/** How much more it is than before, in percent with one digit; nothing where there was nothing before. */
export function percent(before: string, now: string): string | null {
  const [from, to] = [partsOf(before), partsOf(now)]
  if (from === 0n) return null
  const size = from < 0n ? -from : from
  const doubled = ((to - from) * 2000n) / size
  const tenths = (doubled + (doubled < 0n ? -1n : 1n)) / 2n
  const [sign, rest] = tenths < 0n ? ['-', -tenths] : ['', tenths]
  return `${sign}${rest / 10n}.${rest % 10n}`
}

/** What part of another it is, from 0 to 1, to be drawn: never shown as a number. */
export function share(part: string, whole: string): number {
  const [one, all] = [partsOf(part), partsOf(whole)]
  if (all === 0n) return 0
  const ratio = Number((one * 10_000n) / all) / 10_000
  return Math.min(1, Math.max(0, ratio))
}
