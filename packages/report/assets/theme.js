/* global document, localStorage */
// Light, dark, or as the system has it; kept where the browser lets a file keep things.
(() => {
  const key = 'sake-report-theme';
  const themes = ['auto', 'light', 'dark'];
  const read = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  let theme = themes.includes(read()) ? read() : 'auto';
  const apply = () => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  apply();
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const label = () => {
      button.textContent = `Theme: ${theme}`;
    };
    label();
    button.hidden = false;
    button.addEventListener('click', () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      apply();
      label();
      try {
        localStorage.setItem(key, theme);
      } catch {
        // Not kept, then.
      }
    });
  });
})();
