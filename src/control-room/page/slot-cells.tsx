/** Slots as cells: as many as there are, filled where something is worked on. */
export function SlotCells({
  taken,
  of,
  label,
}: {
  readonly taken: number
  readonly of: number
  readonly label: string
}) {
  return (
    <span
      class="slots"
      role="img"
      aria-label={`${label}: ${taken} of ${of} taken`}
      title={`${taken} of ${of} taken`}
    >
      {Array.from({ length: of }, (_, place) => (
        <span key={place} class={place < taken ? 'cell taken' : 'cell'} />
      ))}
    </span>
  )
}
