/**
 * An import of a file: looked at first (a dry run), then done; the rows that failed are corrected and sent after it, until none fails. What was done
 * is a list of batches, and can be taken back.
 */
import type { Resource } from '@meta/types'
import { computed, onUnmounted, ref, shallowRef, type Ref } from 'vue'
import { Problem } from '@/api/http'
import { useSession } from '@/api/session'
import { sentence } from '@/engine/trouble'
import type { components } from '@generated/api'
import { guessed, type Plan } from './headings'
import { csvLine, firstRows, withHeadings } from './sheet'

export type Batch = components['schemas']['ImportBatch']
export type Fault = Omit<components['schemas']['ImportFailedRow'], 'cells'> & { cells: Record<string, string> }

const LOOKED_AT = 6
const WAIT = 400
const IN_WORK = new Set<string>(['PENDING', 'RUNNING', 'UNDOING'])
/** Rows that are corrected here; more are corrected in the file. */
export const MOST_FAULTS = 100

/** In small letters: the type of a Blob is. */
const MARK = 'cxg-imported-file-7d1f0c52e9'

/**
 * A form with one file, always the same for the same file: the API knows a file that was imported before by the bytes of the request, which the
 * random mark of a browser's own form would change each time.
 */
export function formOf(content: Blob, name: string): Blob {
  const safe = name.replaceAll(/["\r\n\\]/g, '_')
  const head = `--${MARK}\r\nContent-Disposition: form-data; name="file"; filename="${safe}"\r\nContent-Type: ${content.type || 'application/octet-stream'}\r\n\r\n`
  return new Blob([head, content, `\r\n--${MARK}--\r\n`], { type: `multipart/form-data; boundary=${MARK}` })
}

export type Format = 'csv' | 'xlsx'

export const formatOf = (file: File): Format => (/\.xlsx$/i.test(file.name) ? 'xlsx' : 'csv')

export function useImport(resource: Ref<Resource | undefined>) {
  const session = useSession()
  const file = shallowRef<File | null>(null)
  const rows = shallowRef<string[][]>([])
  const plan = ref<Plan>({})
  /** Headings that the API does not know: somebody says what they are. */
  const unknown = ref<string[]>([])
  /** The last dry run, or import, of the file. */
  const batch = shallowRef<Batch | null>(null)
  const faults = ref<Fault[]>([])
  /** Imports that were made, the last one first. */
  const done = ref<Batch[]>([])
  const trouble = ref<string | null>(null)
  const isBusy = ref(false)
  /** The file was imported before: done once more only when that is meant. */
  const isRepeated = ref(false)
  const onDuplicate = ref<'error' | 'skip' | 'update'>('error')
  let isGone = false
  onUnmounted(() => (isGone = true))

  const headings = computed(() => rows.value[0]?.filter((heading) => heading.trim() !== '') ?? [])
  const path = (more = ''): string => `${resource.value?.path ?? ''}/import${more}`

  async function choose(chosen: File): Promise<void> {
    file.value = chosen
    batch.value = null
    isRepeated.value = false
    faults.value = []
    unknown.value = []
    rows.value = await firstRows(chosen, formatOf(chosen), LOOKED_AT).catch(() => [])
    plan.value = guessed(resource.value?.key ?? '', [...(resource.value?.create ?? []), ...(resource.value?.show ?? [])], headings.value)
    await look()
  }

  /** What would come of the file. */
  const look = (): Promise<void> => work(async () => {
    if (file.value) await send(await prepared(file.value), file.value.name, true)
  })

  /** The file itself: good rows are written, the others stay here to be corrected. */
  const perform = (): Promise<void> => work(async () => {
    if (file.value) await send(await prepared(file.value), file.value.name, false)
  })

  /** The corrected rows alone; what nobody touched stays to be corrected. */
  const again = (): Promise<void> => work(async () => {
    const names = batch.value?.columns.map((column) => column.heading) ?? []
    const [corrected, rest] = [faults.value.filter((fault) => changed.value.has(fault.row)), faults.value.filter((fault) => !changed.value.has(fault.row))]
    const lines = [names, ...corrected.map((fault) => names.map((name) => fault.cells[name] ?? ''))].map((cells) => `${csvLine(cells, ',')}\r\n`)
    await send(new Blob(['\uFEFF', ...lines], { type: 'text/csv' }), `${file.value?.name.replace(/\.[^.]*$/, '') ?? 'rows'}-corrected.csv`, false)
    // rows keep the numbers of the file that people have before them; the heading is the first row
    const failed = faults.value.map((fault) => ({ ...fault, row: corrected[fault.row - 2]?.row ?? fault.row }))
    faults.value = [...failed, ...rest].sort((one, other) => one.row - other.row)
  })

  /** Sends the file and, where rows are wrong that were put right, these after it: one step for whoever does it. */
  async function performAll(): Promise<void> {
    const corrected = new Map(faults.value.filter((fault) => changed.value.has(fault.row)).map((fault) => [fault.row, fault]))
    await perform()
    if (trouble.value || corrected.size === 0) return
    faults.value = faults.value.map((fault) => corrected.get(fault.row) ?? fault)
    changed.value = new Set(corrected.keys())
    await again()
  }

  const changed = ref(new Set<number>())

  function correct(fault: Fault, heading: string, value: string): void {
    fault.cells[heading] = value
    changed.value = new Set([...changed.value, fault.row])
  }

  const prepared = (from: File): Promise<Blob> => withHeadings(from, formatOf(from), (heading) => (heading.trim() === '' ? heading : heading in plan.value ? (plan.value[heading] ?? null) : heading))

  async function send(content: Blob, name: string, isDry: boolean): Promise<void> {
    const body = formOf(content, name)
    const query = { dry_run: isDry || undefined, on_duplicate: onDuplicate.value === 'error' ? undefined : onDuplicate.value, repeat: (!isDry && isRepeated.value) || undefined }
    batch.value = (await session.call<Batch>('POST', path(), { query, body, idempotencyKey: crypto.randomUUID() })).data
    unknown.value = []
    await follow()
    if (!isDry && batch.value.state === 'DONE') done.value = [batch.value, ...done.value]
    faults.value = batch.value.failed > 0 ? (await session.call<Fault[]>('GET', path(`/${batch.value.id}/errors`), { query: { format: 'json' } })).data : []
    changed.value = new Set()
  }

  /** Until it has come to an end, whichever. */
  async function follow(): Promise<void> {
    while (batch.value && IN_WORK.has(batch.value.state) && !isGone) {
      await new Promise((resolve) => setTimeout(resolve, WAIT))
      batch.value = (await session.call<Batch>('GET', path(`/${batch.value.id}`))).data
    }
  }

  /** Takes all back that was done here, the last first: a row that was changed after it refuses. */
  const undo = (): Promise<void> => work(async () => {
    while (done.value[0]) {
      batch.value = (await session.call<Batch>('POST', path(`/${done.value[0].id}/undo`), { body: {}, idempotencyKey: crypto.randomUUID() })).data
      await follow()
      if (batch.value.state !== 'UNDONE') break
      done.value = done.value.slice(1)
    }
    faults.value = []
  })

  /** An import of before, by its address. */
  const open = (id: string): Promise<void> => work(async () => {
    batch.value = (await session.call<Batch>('GET', path(`/${id}`))).data
    await follow()
    done.value = batch.value.state === 'DONE' && !batch.value.is_dry_run ? [batch.value] : []
  })

  async function work(what: () => Promise<void>): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    trouble.value = null
    try {
      await what()
    } catch (error) {
      const errors = error instanceof Problem ? error.fields : []
      isRepeated.value = error instanceof Problem && error.detail.rule === 'import.same_file'
      unknown.value = errors.filter((one) => one.rule === 'unknown' && one.field in plan.value).map((one) => one.field)
      trouble.value = errors.length > 0 ? errors.map((one) => `${one.field}: ${one.message}`).join(' ') : sentence(error)
    } finally {
      isBusy.value = false
    }
  }

  const template = (format: Format): Promise<Blob> => session.file(path('/template'), { query: { format } })
  const faultFile = (format: Format): Promise<Blob> => session.file(path(`/${batch.value?.id ?? ''}/errors`), { query: { format } })

  return { file, rows, plan, unknown, batch, faults, done, trouble, isBusy, isRepeated, onDuplicate, headings, changed, choose, look, perform, performAll, again, correct, undo, open, template, faultFile }
}
