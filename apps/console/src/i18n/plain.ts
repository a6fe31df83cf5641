/** Values as texts, in no language: tested without a browser. */

/** `1234567.50` → `1,234,567.50`. Amounts come as texts and stay texts: a float would change them. */
export function decimal(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** `due-date` or `due_date` → `Due date`: what the English label is where nobody wrote one. */
export function humanized(name: string): string {
  const words = name.replace(/_id$/, '').replaceAll(/[-_]/g, ' ').toLowerCase().trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** For `<input type="datetime-local">`, in the time of this machine. */
export function toLocal(text: string): string {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export const fromLocal = (text: string): string | null => (text ? new Date(text).toISOString() : null)

/** As it is searched for: without blanks, in small letters. */
export const folded = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, '')

const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'

/** 시산표 → ㅅㅅㅍ: how people look for Korean words in a hurry. */
export function initials(text: string): string {
  return [...text].map((letter) => {
    const at = letter.charCodeAt(0) - 0xac00
    return at >= 0 && at < 11_172 ? INITIALS[Math.floor(at / 588)] : letter
  }).join('')
}
