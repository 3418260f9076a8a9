// Runs before the first paint, so that a stored choice never flashes the other theme. Not inline: the policy forbids it.
try {
  const theme = localStorage.getItem('candlewatch-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is switched off: the system's setting decides.
}
