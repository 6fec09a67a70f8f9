// The value of each day of a chart, under the pointer and by the arrow keys. Without this file, the table below the chart has them.
'use strict';
(() => {
  /** The paths of the chart are this wide and high. */
  const [WIDTH, HEIGHT] = [900, 180];

  function showDays(chart) {
    const find = (name) => chart.querySelector(`[data-chart-${name}]`);
    const [value, plot, days] = [find('value'), find('plot'), find('days')];
    const points = find('line')
      .getAttribute('d')
      .slice(1)
      .split('L')
      .map((point) => point.split(' ').map(Number));
    const rows = chart.parentElement.querySelectorAll('[data-chart-table] tbody tr');
    const last = points.length - 1;
    // The table begins with the newest day.
    const rowOf = (index) => rows[last - index];

    function show(index) {
      const [x, y] = points[index];
      find('dot').setAttribute('d', `M${x} ${y}h0`);
      find('cursor').setAttribute('d', index === last ? '' : `M${x} 0V${HEIGHT}`);
      value.querySelector('b').textContent = rowOf(index).querySelector('td:last-child').textContent;
      value.querySelector('time').replaceWith(rowOf(index).querySelector('time').cloneNode(true));
      days.value = String(index);
      days.setAttribute('aria-valuetext', value.textContent);
    }

    function nearest({ clientX }) {
      const { left, right, width } = plot.getBoundingClientRect();
      const across = document.documentElement.dir === 'rtl' ? right - clientX : clientX - left;
      const distance = (index) => Math.abs(points[index][0] - (across / width) * WIDTH);
      return points.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
    }

    plot.addEventListener('pointermove', (event) => show(nearest(event)));
    plot.addEventListener('pointerdown', (event) => show(nearest(event)));
    plot.addEventListener('pointerleave', () => show(last));
    days.addEventListener('input', () => show(Number(days.value)));
    days.addEventListener('blur', () => show(last));
    days.hidden = false;
    show(last);
  }

  document.querySelectorAll('[data-chart]').forEach(showDays);
})();
