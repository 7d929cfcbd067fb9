;;; check.el --- Does in Emacs what a person does with a spec -*- lexical-binding: t -*-

;; Writes what came of it as JSON to $CHECK_RESULTS.
;; The files: shop.dgen, with a misspelt column, which imports people.dgen.

(require 'json)
(require 'flymake)

(defvar check-results nil)

(defun check-note (name value)
  (push (cons name value) check-results))

(defun check-wait (what question)
  (let ((end (+ (float-time) 20)))
    (while (not (funcall question))
      (when (> (float-time) end)
        (error "waited in vain: %s" what))
      (accept-process-output nil 0.02))))

(defun check-open (name)
  "Opens a file as a person does: what eglot does after a command, it does here, too."
  (find-file name)
  (run-hooks 'post-command-hook)
  (check-wait "the server" #'eglot-current-server))

(defun check-go-to (piece)
  "Puts point behind the first place of PIECE."
  (goto-char (point-min))
  (search-forward piece))

(defun check-diagnostics ()
  (mapcar (lambda (found)
            `((line . ,(line-number-at-pos (flymake-diagnostic-beg found)))
              (text . ,(buffer-substring-no-properties (flymake-diagnostic-beg found) (flymake-diagnostic-end found)))
              (message . ,(flymake-diagnostic-text found))))
          (flymake-diagnostics)))

(defun check-candidates ()
  (pcase-let ((`(,start ,_ ,candidates . ,_) (eglot-completion-at-point)))
    (mapcar #'substring-no-properties (all-completions (buffer-substring-no-properties start (point)) candidates))))

(defun check ()
  (check-open "people.dgen")
  (check-open "shop.dgen")
  (check-note 'mode (symbol-name major-mode))

  (flymake-start) ; by itself it begins when the buffer is displayed, which it never is here
  (check-wait "a diagnostic" #'flymake-diagnostics)
  (check-note 'diagnostics (vconcat (check-diagnostics)))

  (check-go-to "user_id.cre")
  (check-note 'completion (vconcat (check-candidates)))

  (check-go-to "user_id.creatd_at")
  (replace-match "user_id.created_at")
  (eglot--signal-textDocument/didChange) ; by itself it is sent when Emacs is idle, which it never is here
  (check-wait "no diagnostic, once it is mended" (lambda () (null (flymake-diagnostics))))

  (check-go-to "user_id.cr")
  (let* ((answer (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (check-note 'hover (plist-get (plist-get answer :contents) :value)))

  (eglot-rename "joined_at")
  (check-go-to "user_id.joined_at")

  ;; Saving formats.
  (goto-char (point-min))
  (re-search-forward "placed_at timestamp\\( *\\)=")
  (replace-match "     " nil nil nil 1)
  (save-some-buffers t))

(condition-case problem
    (check)
  (error (check-note 'error (error-message-string problem))
         (check-note 'text (buffer-string))))
(with-temp-file (getenv "CHECK_RESULTS")
  (insert (json-encode check-results)))
(kill-emacs 0)

;;; check.el ends here
