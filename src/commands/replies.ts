/** A number of replies in words: `1 reply`, `2 replies`. */
export const replies = (count: number) => (count === 1 ? '1 reply' : `${count} replies`)
