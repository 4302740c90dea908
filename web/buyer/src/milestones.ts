/** The moments of a countdown worth interrupting somebody for, in seconds left. */
const milestones = [300, 60, 15];

/** The milestone that was passed between two looks; undefined when there was none. */
export function milestonePassed(secondsBefore: number, secondsNow: number): number | undefined {
  return milestones.findLast((mark) => secondsNow <= mark && mark < secondsBefore);
}
