/** Korean particles by the last sound of what stands before them: 전표를, INV-7을. */

/** Whether digits end in a consonant: 영 일 삼 육 칠 팔 do. */
const DIGITS = '1101001110'
/** Letters as they are read: 엘 엠 엔 알 end in a consonant. */
const LETTERS = new Set('lmnr')

function endsInConsonant(text: string): boolean | null {
  const last = [...text.replaceAll(/[)\]'"\s]+$/g, '')].at(-1)?.toLowerCase() ?? ''
  const code = last.charCodeAt(0)
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28 > 0
  if (/\d/.test(last)) return DIGITS[Number(last)] === '1'
  if (/[a-z]/.test(last)) return LETTERS.has(last)
  return null
}

/** `withObject('INV-2026-000007')` → `INV-2026-000007을`. */
export function withObject(text: string): string {
  const ends = endsInConsonant(text)
  return `${text}${ends === null ? '을(를)' : ends ? '을' : '를'}`
}
