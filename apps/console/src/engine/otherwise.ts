/** What becomes of a field that is left empty, as its description in the OpenAPI document says it: in the words of the console. */
import type { Field } from '@meta/types'
import { i18n } from '@/i18n'
import { choiceName } from './resources'

const { t } = i18n.global

/** What the descriptions say, and the word of `form.*` for it. */
const SAYINGS: [RegExp, 'today' | 'ownDay' | 'baseCurrency' | 'terms' | 'rateOfDay'][] = [
  [/today when left out/i, 'today'],
  [/base currency when left out/i, 'baseCurrency'],
  [/payment terms when left out/i, 'terms'],
  [/rate (of|in force on) .*day.* when left out/i, 'rateOfDay'],
  [/(own|document's day|was created|date) when left out/i, 'ownDay'],
]

export function otherwiseOf(field: Field, resource: string): string | undefined {
  if (field.required || !field.help) return undefined
  const said = SAYINGS.find(([pattern]) => pattern.test(field.help ?? ''))
  if (said) return t('form.otherwise', { value: t(`form.${said[1]}`) })
  const word = /`([A-Z_]+)` when left out/.exec(field.help)?.[1]
  return word ? t('form.otherwise', { value: choiceName(word, field.name, resource) }) : undefined
}
