import { useEffect, useMemo, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { History } from '../snapshot/snapshot.js'

interface HistoryChartProps {
  readonly history: History
  /** What the curves show, for who can't see them. */
  readonly words: string
}

const HEIGHT = 190
/** In the first minutes a chart of seconds would look like a raid. */
const SPAN_LEAST_S = 120

/** Three curves, told apart by their dashes as well. uPlot draws them; preact only gives it a place. */
export function HistoryChart({ history, words }: HistoryChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const data = useMemo(() => toData(history), [history])
  const newest = useRef(data)
  newest.current = data
  useEffect(() => {
    const { current: element } = place
    if (!element) return
    const draw = () => {
      chart.current?.destroy()
      chart.current = new uPlot(toOptions(element), newest.current, element)
    }
    const resized = new ResizeObserver(() => {
      if (element.clientWidth > 0) chart.current?.setSize({ width: element.clientWidth, height: HEIGHT })
    })
    const dark = matchMedia('(prefers-color-scheme: dark)')
    draw()
    resized.observe(element)
    // A canvas does not follow the colours of the page.
    dark.addEventListener('change', draw)
    return () => {
      resized.disconnect()
      dark.removeEventListener('change', draw)
      chart.current?.destroy()
    }
  }, [])
  useEffect(() => chart.current?.setData(data), [data])
  return <div ref={place} class="chart" role="img" aria-label={words} />
}

function toData({ atMs, waiting, answered, lines }: History): uPlot.AlignedData {
  return [atMs.map((ms) => ms / 1000), [...waiting], [...answered], [...lines]]
}

function toOptions(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    font: `${Math.round(Number.parseFloat(style.fontSize) * 0.8)}px ${style.fontFamily}`,
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const points = { show: false }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, from, to) => [Math.min(from, to - SPAN_LEAST_S), to] },
      y: { range: (_plot, _least, most) => [0, Math.max(5, most * 1.1)] },
    },
    axes: [
      { ...axis, size: 30, space: 110, values: '{HH}:{mm}:{ss}' },
      { ...axis, size: 50 },
    ],
    series: [
      {},
      { stroke: colour('--waiting'), width: 2.5, points, fill: colour('--waiting-fill') },
      { stroke: colour('--answered'), width: 2, points, dash: [2, 4] },
      { stroke: colour('--lines'), width: 2, points, dash: [6, 5] },
    ],
  }
}
