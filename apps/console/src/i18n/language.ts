/** The language of the reader: Korean unless they chose English. Kept in the browser; not a secret. */
import { ref, watchEffect } from 'vue'

export type Language = 'ko' | 'en'

const KEY = 'cxg.language'

export const language = ref<Language>(localStorage.getItem(KEY) === 'en' ? 'en' : 'ko')

watchEffect(() => {
  document.documentElement.lang = language.value
  localStorage.setItem(KEY, language.value)
})
