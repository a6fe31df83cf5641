/** What an input may need to know of the form around it: the values beside it, and the row that it is about. */
import type { Row } from '@/api/http'
import { inject, provide, type InjectionKey, type Ref } from 'vue'
import type { Form } from './form'

export interface Around {
  form: Form
  /** The row an action is done with, or that is changed. */
  row: Row | null
  /** What came with the address of the page. */
  query: Record<string, string>
}

const KEY: InjectionKey<Ref<Around>> = Symbol('around')

export const surround = (around: Ref<Around>): void => provide(KEY, around)
export const useAround = (): Ref<Around> | null => inject(KEY, null)

/** The values beside an input, the typed ones first. */
export const besides = (around: Ref<Around> | null): Record<string, unknown> => ({ ...around?.value.row, ...around?.value.form })
