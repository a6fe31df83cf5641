/** Moments as the reader reads them. */
import { language } from './language'

const locale = (): string => (language.value === 'ko' ? 'ko-KR' : 'en-GB')

export function instant(text: string): string {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) return text
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(date)
}
