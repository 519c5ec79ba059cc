// A number typed for another account means that account: choose it without a further click.

const number = document.querySelector('.account-number')
number?.addEventListener('input', () => {
  number.closest('.account').querySelector('input[type="radio"]').checked = true
})
