(* SPDX-License-Identifier: Apache-2.0 *)
(* Traces: a model is a step function; a run is a list of operations. Here is what all models share: invariants over
   runs, conservation over runs, and a few facts on lists that the library lacks. *)

From Coq Require Import List Arith Lia Bool.
Import ListNotations.

Section Run.
Context {S O R : Type} (step : S -> O -> S * R).

(* The state after a list of operations, and the log: each operation with its result. *)
Fixpoint run (s : S) (t : list O) : S * list (O * R) :=
  match t with
  | [] => (s, [])
  | o :: t' => let (s1, r) := step s o in
               let (s2, l) := run s1 t' in (s2, (o, r) :: l)
  end.

Definition final (s : S) (t : list O) : S := fst (run s t).
Definition log (s : S) (t : list O) : list (O * R) := snd (run s t).

Lemma final_cons s o t : final s (o :: t) = final (fst (step s o)) t.
Proof. unfold final; simpl. destruct (step s o) as [s1 r]; simpl. destruct (run s1 t); reflexivity. Qed.

Lemma log_cons s o t : log s (o :: t) = (o, snd (step s o)) :: log (fst (step s o)) t.
Proof. unfold log; simpl. destruct (step s o) as [s1 r]; simpl. destruct (run s1 t); reflexivity. Qed.

Lemma final_app s t u : final s (t ++ u) = final (final s t) u.
Proof. revert s; induction t as [| o t IH]; intro s; [reflexivity|]. rewrite <- app_comm_cons, !final_cons. apply IH. Qed.

Lemma log_app s t u : log s (t ++ u) = log s t ++ log (final s t) u.
Proof.
  revert s; induction t as [| o t IH]; intro s; [reflexivity|].
  rewrite <- app_comm_cons, !log_cons, final_cons, IH. reflexivity.
Qed.

Lemma log_nth_ops s t : map fst (log s t) = t.
Proof. revert s; induction t as [| o t IH]; intro s; [reflexivity|]. rewrite log_cons; simpl. now rewrite IH. Qed.

(* What holds before and is kept by each step holds after any run. *)
Lemma run_keeps (I : S -> Prop) (K : O -> Prop) :
  (forall s o, I s -> K o -> I (fst (step s o))) ->
  forall t s, I s -> Forall K t -> I (final s t).
Proof.
  intros H t; induction t as [| o t IH]; intros s Hs Ht; [exact Hs|].
  rewrite final_cons. inversion Ht; subst. apply IH; auto.
Qed.

(* What a step's own log entry shows, every entry of the log of a run shows. *)
Lemma run_shows (I : S -> Prop) (K : O -> Prop) (P : O * R -> Prop) :
  (forall s o, I s -> K o -> I (fst (step s o))) ->
  (forall s o, I s -> K o -> P (o, snd (step s o))) ->
  forall t s, I s -> Forall K t -> Forall P (log s t).
Proof.
  intros HI HP t; induction t as [| o t IH]; intros s Hs Ht; [constructor|].
  rewrite log_cons. inversion Ht; subst. constructor; auto.
Qed.

(* Conservation: what is in the queue and what goes in is what comes out and what stays, in order. *)
Lemma run_conserves {A : Type} (I : S -> Prop) (K : O -> Prop) (queue : S -> list A) (into from : O * R -> list A) :
  (forall s o, I s -> K o -> I (fst (step s o))) ->
  (forall s o, I s -> K o ->
     queue s ++ into (o, snd (step s o)) = from (o, snd (step s o)) ++ queue (fst (step s o))) ->
  forall t s, I s -> Forall K t ->
    queue s ++ flat_map into (log s t) = flat_map from (log s t) ++ queue (final s t).
Proof.
  intros HI HC t; induction t as [| o t IH]; intros s Hs Ht.
  - simpl. unfold final; simpl. now rewrite app_nil_r.
  - inversion Ht; subst. rewrite log_cons, final_cons. cbn [flat_map].
    rewrite app_assoc, HC, <- !app_assoc by assumption. f_equal. apply IH; auto.
Qed.

End Run.

Lemma Forall_any {A : Type} (t : list A) : Forall (fun _ => True) t.
Proof. induction t; constructor; auto. Qed.

#[export] Hint Resolve Forall_any : core.
