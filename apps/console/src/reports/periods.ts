/** Days and spans of days, as texts (`2026-11-30`). What is counted is the calendar's; where a fiscal year begins, the API knows. */

export interface Span {
  from: string
  to: string
}

export const SPANS = ['this-month', 'last-month', 'this-quarter', 'last-quarter', 'this-half', 'last-half', 'this-year', 'last-year'] as const
export const DAYS = ['today', 'last-month', 'last-quarter', 'last-year'] as const

const MONTHS = { month: 1, quarter: 3, half: 6, year: 12 } as const

/** The first day of a month, counted from January of the year 0. */
function firstOf(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((((month % 12) + 12) % 12) + 1).padStart(2, '0')}-01`
}

const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
const lastOf = (month: number): string => moved(firstOf(month + 1), -1)

export function moved(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return Number.isNaN(date.getTime()) ? day : date.toISOString().slice(0, 10)
}

export function spanOf(name: (typeof SPANS)[number], day: string): Span {
  const [which, unit] = name.split('-') as ['this' | 'last', keyof typeof MONTHS]
  const length = MONTHS[unit]
  const first = Math.floor(monthOf(day) / length) * length - (which === 'last' ? length : 0)
  return { from: firstOf(first), to: lastOf(first + length - 1) }
}

/** The day a balance is usually looked at. */
export function dayOf(name: (typeof DAYS)[number], day: string): string {
  return name === 'today' ? day : spanOf(name, day).to
}

export function nameOfSpan(span: Partial<Span>, day: string): (typeof SPANS)[number] | null {
  return SPANS.find((name) => spanOf(name, day).from === span.from && spanOf(name, day).to === span.to) ?? null
}

export function nameOfDay(of: string | undefined, day: string): (typeof DAYS)[number] | null {
  return DAYS.find((name) => dayOf(name, day) === of) ?? null
}

/** The same day some months away; the last of a month stays the last, and no day is made that there is not. */
function monthsAway(day: string, months: number): string {
  const goal = monthOf(day) + months
  const last = lastOf(goal)
  if (day === lastOf(monthOf(day))) return last
  const same = firstOf(goal).slice(0, 8) + day.slice(8)
  return same > last ? last : same
}

/** What a span is compared with: as long and just before it, or a year earlier. */
export function before({ from, to }: Span, how: 'previous' | 'year'): Span {
  if (how === 'year') return { from: monthsAway(from, -12), to: monthsAway(to, -12) }
  if (from.endsWith('-01')) {
    // from the first of a month on: as many months earlier, whether the last of them is over or not
    const months = monthOf(to) - monthOf(from) + 1
    return { from: monthsAway(from, -months), to: monthsAway(to, -months) }
  }
  const length = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1
  return { from: moved(from, -length), to: moved(from, -1) }
}

/** What a day is compared with: the end of the month before, or the same day a year earlier. */
export function dayBefore(day: string, how: 'previous' | 'year'): string {
  return how === 'year' ? monthsAway(day, -12) : lastOf(monthOf(day) - 1)
}
