/** How a run or task stands, as a predicate. `already`: it did before somebody asked for it. */
export function standing(status: string, already = false): string {
  switch (status) {
    case 'running':
      return already ? 'runs already' : 'is running';
    case 'cancelling':
      return 'is being cancelled';
    case 'completed':
      return 'has completed';
    case 'failed':
      return 'failed';
    default:
      return `is ${status}${already ? ' already' : ''}`;
  }
}
