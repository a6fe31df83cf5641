/** Editing one row: what was read, what is in the inputs, saving it against the version that was read. */
import type { Field, Resource } from '@meta/types'
import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { Problem, type Row } from '@/api/http'
import { useSession } from '@/api/session'
import type { Conflict } from './ConflictDialog.vue'
import { DOCUMENTS } from '@/hints/documents'
import { changedBody, createBody, formOf, same, type Form } from './form'
import { settled } from './settling'
import { tell, useTrouble } from './trouble'

export function useEdit(resource: () => Resource | undefined, onSaved: (row: Row, etag: string | null) => void) {
  const session = useSession()
  const { t } = useI18n()
  const trouble = useTrouble(() => resource()?.key ?? '')
  const form = ref<Form>({})
  const id = ref<string | null>(null)
  const isBusy = ref(false)
  const conflict = shallowRef<Conflict | null>(null)
  let before: Form = {}
  let etag: string | null = null

  const fields = computed((): Field[] => resource()?.update ?? [])
  const path = (): string => `${resource()?.path ?? ''}/${id.value ?? ''}`

  /** Reads the row afresh: a list may be old, and it has no version. */
  async function begin(rowId: string): Promise<void> {
    trouble.clear()
    const answer = await session.call<Row>('GET', `${resource()?.path ?? ''}/${rowId}`)
    hold(answer.data, answer.etag)
    id.value = rowId
  }

  function hold(row: Row, version: string | null): void {
    before = held(row)
    form.value = held(row)
    etag = version
  }

  /** As inputs hold it: a debit beside a credit is 0 in the answer, and an empty cell here. */
  function held(row: Row): Form {
    const made = formOf(fields.value, row)
    for (const [name, hint] of Object.entries(DOCUMENTS[resource()?.key ?? '']?.lines ?? {})) {
      for (const line of (made[name] as Form[] | undefined) ?? []) {
        for (const one of hint.zeroIsEmpty ?? []) if (/^[0.]+$/.test(String(line[one] ?? ''))) line[one] = ''
      }
    }
    return made
  }

  /** Something was typed that is not saved. */
  function isDirty(): boolean {
    try {
      return id.value !== null && !isBusy.value && !same(createBody(fields.value, form.value), createBody(fields.value, before))
    } catch {
      return true
    }
  }

  function cancel(): void {
    id.value = null
    conflict.value = null
    trouble.clear()
  }

  /** What saving would send; nothing as long as it cannot be sent. */
  function change(): { path: string; body: Row; etag: string | null } | null {
    try {
      return id.value === null ? null : { path: path(), body: changedBody(fields.value, form.value, before), etag }
    } catch {
      return null
    }
  }

  async function save(): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    trouble.clear()
    try {
      await settled()
      const body = changedBody(fields.value, form.value, before)
      if (Object.keys(body).length === 0) {
        tell(t('row.unchanged'))
        cancel()
        return
      }
      const answer = await session.call<Row>('PATCH', path(), { body, ifMatch: etag })
      cancel()
      tell(t('row.saved'))
      onSaved(answer.data, answer.etag)
    } catch (error) {
      if (error instanceof Problem && error.status === 412) await compare()
      else trouble.show(error, fields.value.map((field) => field.name))
    } finally {
      isBusy.value = false
    }
  }

  async function compare(): Promise<void> {
    const answer = await session.call<Row>('GET', path())
    const theirs = held(answer.data)
    etag = answer.etag
    // the version changed, and nothing that is edited here: there is nothing to choose
    if (same(theirs, before)) {
      isBusy.value = false
      await save()
      return
    }
    conflict.value = { before, mine: { ...form.value }, theirs }
  }

  /** What was chosen is saved over what is stored now. */
  async function settle(chosen: Form): Promise<void> {
    if (!conflict.value) return
    before = conflict.value.theirs
    conflict.value = null
    form.value = chosen
    await save()
  }

  return { form, id, fields, isBusy, isDirty, change, conflict, errors: trouble.errors, message: trouble.message, begin, cancel, save, settle }
}
