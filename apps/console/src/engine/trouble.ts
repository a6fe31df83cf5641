/** What went wrong, for people: beside the fields where it belongs to one, else as a sentence. */
import { ElMessage } from 'element-plus'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import { Problem } from '@/api/http'
import { NotJson } from './form'
import { inWords, pathName, tableName } from './resources'

const { t } = i18n.global

/** What a row is in use by, for people; nothing where the refusal is another. */
function holders(error: Error): string {
  const tables = error instanceof Problem ? (error.detail.referenced_by as Record<string, number> | undefined) : undefined
  const named = Object.entries(tables ?? {}).map(([table, count]) => `${tableName('tenants', table)}: ${count}`)
  return named.length > 0 ? ` (${named.join(', ')})` : ''
}

export function sentence(error: unknown, key = ''): string {
  if (!(error instanceof Error)) return String(error)
  const fields = error instanceof Problem ? error.fields.map((one) => `${pathName(key, one.field)}: ${inWords(key, one.message)}`) : []
  return fields.length > 0 ? fields.join(' ') : inWords(key, error.message) + holders(error)
}

/** The errors of one form; `key` is whose fields they are, for their names. */
export function useTrouble(key: () => string = () => '') {
  const errors = ref<Record<string, string>>({})
  const message = ref<string | null>(null)

  function clear(): void {
    errors.value = {}
    message.value = null
  }

  /** Answers whether it belongs to fields that are `known` to the form. */
  function show(error: unknown, known: readonly string[]): void {
    clear()
    if (error instanceof NotJson) {
      errors.value = { [error.field]: t('row.badJson') }
    } else if (error instanceof Problem && error.fields.length > 0) {
      for (const { field, message: words } of error.fields) errors.value[field] ??= inWords(key(), words)
      const homeless = error.fields.filter(({ field }) => !known.includes(field.split('.')[0] ?? ''))
      message.value = homeless.length > 0 ? homeless.map((one) => `${pathName(key(), one.field)}: ${inWords(key(), one.message)}`).join(' ') : t('row.checkFields')
      return
    } else {
      message.value = sentence(error, key())
      return
    }
    message.value = t('row.checkFields')
  }

  return { errors, message, clear, show }
}

/** The last thing that was said is enough. */
export function tell(message: string): void {
  ElMessage.closeAll('success')
  ElMessage({ message, type: 'success', duration: 4000, showClose: true })
}

export const complain = (error: unknown, key = ''): void => void ElMessage({ message: sentence(error, key), type: 'error', duration: 8000, showClose: true })
