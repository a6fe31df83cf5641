/** A half-filled form is not left without a question: neither by a link, nor by closing the tab. */
import { onBeforeUnmount, onMounted, ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router'

export function useLeave(isDirty: () => boolean) {
  /** Somebody is being asked; the dialog answers. */
  const answer = ref<((leave: boolean) => void) | null>(null)

  function ask(): Promise<boolean> {
    return new Promise((resolve) => {
      answer.value = (leave) => {
        answer.value = null
        resolve(leave)
      }
    })
  }

  // a session that ended elsewhere leads to the sign-in: there is nothing to decide
  const guard = (to: RouteLocationNormalized, from: RouteLocationNormalized): boolean | Promise<boolean> =>
    to.path === from.path || to.path.endsWith('/sign-in') || !isDirty() ? true : ask()
  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate(guard)

  const warn = (event: BeforeUnloadEvent): void => {
    if (isDirty()) event.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', warn))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))

  return { answer, ask }
}
