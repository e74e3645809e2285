import { createContext } from 'preact'
import { useSyncExternalStore } from 'preact/compat'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import type { Connection, Section, SnapshotStore, Told } from './snapshot-store.js'

/** The store that everything on the page shows. */
export const Store = createContext<SnapshotStore | undefined>(undefined)

/** A section as it stands now; undefined before it has come, and where there is none. */
export function useSection<S extends Section>(section: S): Told[S] | undefined {
  const store = useStore()
  return useSyncExternalStore(useListening(store, section), () => store.get(section))
}

export function useConnection(): Connection {
  const store = useStore()
  return useSyncExternalStore(useListening(store, 'connection'), () => store.connection)
}

/** The wall clock of Chorus, in milliseconds; looked at again every second. */
export function useNow(): number {
  const store = useStore()
  const [nowMs, setNow] = useState(store.nowMs)
  useEffect(() => {
    const timer = setInterval(() => setNow(store.nowMs), 1000)
    return () => clearInterval(timer)
  }, [store])
  return nowMs
}

/** The same way to listen every time: with another one, a component would listen anew whenever it is shown. */
function useListening(store: SnapshotStore, what: Section | 'connection') {
  return useCallback((changed: () => void) => store.onChange(what, changed), [store, what])
}

function useStore(): SnapshotStore {
  const store = useContext(Store)
  if (!store) throw new TypeError('there is no store around this')
  return store
}
