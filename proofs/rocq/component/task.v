(* SPDX-License-Identifier: Apache-2.0 *)
(* Calls of an instance's lifted functions: each a task in the callee and a subtask in the caller.

   Model       reference (canonical-abi/definitions.py)                       C (src/component)
   OCall t e   canon_lift, Task.enter_implicit_thread, and start if it may    gale_canon_lower, gale__lift, gale__task_admit,
               enter; e: needs_exclusive                                      gale__task_start
   OEnter t    the same, for a thread that waited to enter                    gale_store_tick: ready_take_entry
   OReturn t   Task.return_, on_resolve of canon_lower                        gale_canon_task_return
   OCancelled t    Task.cancel, on_resolve of canon_lower                     gale_canon_task_cancel
   OAsk t now  canon_subtask_cancel, Task.request_cancellation; now: a        gale_canon_subtask_cancel,
               thread of the task waits where it can be told at once          gale__task_request_cancel
   OPoll t     Task.deliver_pending_cancel, by a cancellable built-in         gale__task_take_cancel
   OTake t     Subtask.deliver_resolve: the caller gets the subtask's event,  gale__waitable_take, subtask_answer,
               or the call itself returns its state                           gale__subtask_deliver
   OLeave t    Task.exit_implicit_thread                                      gale__task_leave
   OLet t, OAgain t    a callback task gives the exclusive lock back while    lift_obey, gale__instance_unlock;
               it waits, and takes it again                                   ready_take_turn, lift_callback
   OInc, ODec  backpressure.inc, backpressure.dec                             gale_canon_backpressure_inc, _dec
   The callees are functions of an async type; those lifted without `async`, and explicit threads, are not in here.
   What the reference asserts is proved (ok); what it traps on gives Trap. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Inductive tstate := INITIAL | STARTED | PENDING_CANCEL | CANCEL_DELIVERED | RESOLVED.
Inductive sstate := Starting | Started | Returned | CancelledBeforeStarted | CancelledBeforeReturned.
Record task := Task { ts : tstate; sub : sstate; ex : bool; inside : bool; asked : bool; event : bool; told : bool }.
Record inst := Inst { tasks : nat -> option task; pressure : nat; waiting : nat; holder : option nat }.

Inductive op := OCall (t : nat) (e : bool) | OEnter (t : nat) | OReturn (t : nat) | OCancelled (t : nat)
              | OAsk (t : nat) (now : bool) | OPoll (t : nat) | OTake (t : nat) | OLeave (t : nat)
              | OLet (t : nat) | OAgain (t : nat) | OInc | ODec.
(* What is seen of a step: the task starts, resolves, gets to know of its cancellation; the caller is told the end. *)
Inductive seen := Starts (t : nat) | Resolves (t : nat) (s : sstate) | Reaches (t : nat) | Tells (t : nat) (s : sstate) | Trap.

Definition upd {A : Type} (f : nat -> A) (k : nat) (v : A) : nat -> A := fun x => if x =? k then v else f x.
Definition put (x : inst) (t : nat) (a : task) : inst := Inst (upd (tasks x) t (Some a)) (pressure x) (waiting x) (holder x).
Definition lock (x : inst) (h : option nat) : inst := Inst (tasks x) (pressure x) (waiting x) h.
Definition fewer (x : inst) : inst := Inst (tasks x) (pressure x) (waiting x - 1) (holder x).

Definition held (x : inst) : bool := match holder x with Some _ => true | None => false end.
Definition holds (x : inst) (t : nat) : bool := match holder x with Some u => u =? t | None => false end.
Definition closed (x : inst) (e : bool) : bool := (0 <? pressure x) || (e && held x).
Definition resolved (s : sstate) : bool := match s with Starting | Started => false | _ => true end.

Definition begin (x : inst) (t : nat) (a : task) : inst * list seen :=
  (lock (put x t (Task STARTED Started (ex a) true (asked a) true (told a))) (if ex a then Some t else holder x), [Starts t]).
Definition resolve (x : inst) (t : nat) (a : task) (s : sstate) (q : bool) : inst * list seen :=
  (put x t (Task RESOLVED s (ex a) (inside a) q true (told a)), [Resolves t s]).
Definition take (x : inst) (t : nat) (a : task) : inst * list seen :=
  (put x t (Task (ts a) (sub a) (ex a) (inside a) (asked a) false (resolved (sub a))),
   if resolved (sub a) then [Tells t (sub a)] else []).
Definition to (x : inst) (t : nat) (a : task) (s : tstate) (q : bool) : inst :=
  put x t (Task s (sub a) (ex a) (inside a) q (event a) (told a)).

Definition on (x : inst) (t : nat) (f : task -> inst * list seen) : inst * list seen :=
  match tasks x t with Some a => f a | None => (x, []) end.

Section Gate.
Variable most : nat. (* The gate counts up to this. *)

Definition step (x : inst) (o : op) : inst * list seen :=
  match o with
  | OCall t e =>
    match tasks x t with
    | Some _ => (x, [])
    | None => let a := Task INITIAL Starting e false false false false in
              if closed x e || (0 <? waiting x)
              then (Inst (upd (tasks x) t (Some a)) (pressure x) (S (waiting x)) (holder x), [])
              else begin x t a
    end
  | OEnter t => on x t (fun a => match ts a with
                                 | INITIAL => if closed x (ex a) then (x, []) else begin (fewer x) t a
                                 | _ => (x, []) end)
  | OReturn t => on x t (fun a => if inside a then match ts a with
                                                   | RESOLVED => (x, [Trap])
                                                   | _ => resolve x t a Returned (asked a) end
                                  else (x, []))
  | OCancelled t => on x t (fun a => if inside a then match ts a with
                                                      | CANCEL_DELIVERED => resolve x t a CancelledBeforeReturned (asked a)
                                                      | _ => (x, [Trap]) end
                                     else (x, []))
  | OAsk t now => on x t (fun a =>
      if told a || asked a then (x, [Trap])
      else match ts a with
           | RESOLVED => take x t a
           | INITIAL => (put (fewer x) t (Task RESOLVED CancelledBeforeStarted (ex a) (inside a) true false true),
                         [Reaches t; Resolves t CancelledBeforeStarted; Tells t CancelledBeforeStarted])
           | _ => if now then (to x t a CANCEL_DELIVERED true, [Reaches t]) else (to x t a PENDING_CANCEL true, [])
           end)
  | OPoll t => on x t (fun a => match ts a with
                                | PENDING_CANCEL => (to x t a CANCEL_DELIVERED (asked a), [Reaches t])
                                | _ => (x, []) end)
  | OTake t => on x t (fun a => if event a then take x t a else (x, []))
  | OLeave t => on x t (fun a =>
      if inside a && (negb (ex a) || holds x t) then
        match ts a with
        | RESOLVED => let y := put x t (Task RESOLVED (sub a) (ex a) false (asked a) (event a) (told a)) in
                      (if ex a then lock y None else y, [])
        | _ => (x, [Trap])
        end
      else (x, []))
  | OLet t => on x t (fun a => (if inside a && ex a && holds x t then lock x None else x, []))
  | OAgain t => on x t (fun a => (if inside a && ex a && negb (held x) then lock x (Some t) else x, []))
  | OInc => if pressure x =? most then (x, [Trap]) else (Inst (tasks x) (S (pressure x)) (waiting x) (holder x), [])
  | ODec => if pressure x =? 0 then (x, [Trap]) else (Inst (tasks x) (pressure x - 1) (waiting x) (holder x), [])
  end.

Definition init : inst := Inst (fun _ => None) 0 0 None.

(* What the reference asserts of a task and its subtask, and that a resolution is either to be told or was told. *)
Definition agree (a : task) : Prop :=
  match ts a with
  | INITIAL => sub a = Starting /\ inside a = false /\ asked a = false
  | STARTED => sub a = Started /\ asked a = false
  | PENDING_CANCEL | CANCEL_DELIVERED => sub a = Started /\ asked a = true
  | RESOLVED => resolved (sub a) = true /\ (sub a <> Returned -> asked a = true)
  end /\ told a = resolved (sub a) && negb (event a).
Definition ok (x : inst) : Prop :=
  (forall t a, tasks x t = Some a -> agree a) /\
  (forall t, holder x = Some t -> exists a, tasks x t = Some a /\ inside a = true /\ ex a = true).

Lemma upd_same {A} (f : nat -> A) k v : upd f k v k = v.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.
Lemma upd_other {A} (f : nat -> A) k v j : j <> k -> upd f k v j = f j.
Proof. unfold upd. intro H. apply Nat.eqb_neq in H. now rewrite H. Qed.

(* A step changes at most the task that it names; and how it may change it. *)
Inductive moves (x y : inst) (t : nat) (l : list seen) : Prop :=
| Stays : tasks y = tasks x -> (l = [] \/ l = [Trap]) -> moves x y t l
| Moves b : tasks y = upd (tasks x) t (Some b) -> moves x y t l.

Ltac cases :=
  repeat match goal with
  | |- context [match ?e with _ => _ end] => destruct e eqn:?; simpl in *; try discriminate; auto
  end.

Ltac gate x := try match goal with |- context [pressure x =? ?n] => destruct (pressure x =? n); simpl in * end.

Definition named (o : op) : nat :=
  match o with
  | OCall t _ | OEnter t | OReturn t | OCancelled t | OAsk t _ | OPoll t | OTake t | OLeave t | OLet t | OAgain t => t
  | OInc | ODec => 0
  end.

Lemma step_moves x o : moves x (fst (step x o)) (named o) (snd (step x o)).
Proof.
  destruct o; simpl; unfold on, begin, resolve, take, to, lock, fewer, put; simpl; cases;
    try (apply Stays; simpl; auto; fail); try (eapply Moves; simpl; reflexivity).
Qed.

(* The task that a step names, before and after; None before it is called. *)
Definition was (x : inst) (o : op) : option task := tasks x (named o).
Definition is (x : inst) (o : op) : option task := tasks (fst (step x o)) (named o).

Lemma other_task x o t : t <> named o -> tasks (fst (step x o)) t = tasks x t.
Proof. intro N. destruct (step_moves x o) as [E _ | b E]; rewrite E; auto. now apply upd_other. Qed.

Ltac split_task H :=
  repeat match goal with
  | |- context [match tasks ?x ?t with _ => _ end] => destruct (tasks x t) as [[]|] eqn:?
  end; simpl in *.

Lemma step_agrees x o : ok x -> forall t a, tasks (fst (step x o)) t = Some a -> agree a.
Proof.
  intros [H _] t a. destruct (Nat.eq_dec t (named o)) as [-> | N]; [| rewrite other_task by auto; apply H].
  pose proof (H (named o)) as G. clear H. revert G.
  destruct o as [t' e | t' | t' | t' | t' now | t' | t' | t' | t' | t' | |]; simpl; gate x;
    try (intros G E; apply G; exact E);
    unfold on, begin, resolve, take, to, lock, fewer, put; simpl;
    destruct (tasks x t') as [[s u e' i q v d]|] eqn:T; simpl; intros G;
    try (intro E; rewrite T in E; discriminate E);
    try (pose proof (G _ eq_refl) as A; clear G; unfold agree in A; simpl in A);
    cases; rewrite ?upd_same, ?T; intro E; try discriminate E; injection E as <-; unfold agree; simpl;
    intuition (subst; simpl in *; try congruence; auto).
  all: try (destruct u; simpl in *; intuition congruence).
Qed.

Lemma step_holder x o : ok x -> forall t, holder (fst (step x o)) = Some t ->
  exists a, tasks (fst (step x o)) t = Some a /\ inside a = true /\ ex a = true.
Proof.
  intros [A H] t. specialize (H t).
  destruct o as [t' e | t' | t' | t' | t' now | t' | t' | t' | t' | t' | |]; simpl; gate x;
    try exact H;
    unfold on, begin, resolve, take, to, lock, fewer, put, holds, held; simpl;
    destruct (tasks x t') as [[s u e' i q v d]|] eqn:T; simpl; try exact H;
    pose proof (A t') as B; rewrite T in B; try specialize (B _ eq_refl); unfold agree in B; simpl in B;
    cases; intro E; try discriminate E; try (injection E as ->);
    rewrite ?upd_same; eauto; try congruence;
    try (destruct (H E) as (a & Q1 & Q2 & Q3));
    try match goal with |- context [upd _ ?k _ ?j] => unfold upd; destruct (Nat.eqb_spec j k) end;
    subst; eauto; try congruence;
    try (rewrite T in Q1; injection Q1 as <-; simpl in *; eexists; split; [reflexivity|]; simpl; intuition congruence).
  (* OAgain *)
  apply andb_prop in Heqb as [P _]. apply andb_prop in P as [-> ->]. rewrite T. eauto.
Qed.

Lemma step_ok x o : ok x -> ok (fst (step x o)).
Proof. intro H. split; [now apply step_agrees | now apply step_holder]. Qed.

Lemma init_ok : ok init.
Proof. split; simpl; discriminate. Qed.

Lemma always_ok l : ok (final step init l).
Proof. apply (run_keeps step ok (fun _ => True)); auto using step_ok, init_ok. Qed.

(* How one task may change, and what is seen of it. *)
Inductive goes (t : nat) (a : task) : task -> list seen -> Prop :=
| GoStay l : l = [] \/ l = [Trap] -> goes t a a l
| GoBegin : ts a = INITIAL -> goes t a (Task STARTED Started (ex a) true (asked a) true (told a)) [Starts t]
| GoReturn : inside a = true -> ts a <> RESOLVED ->
    goes t a (Task RESOLVED Returned (ex a) true (asked a) true (told a)) [Resolves t Returned]
| GoCancel : inside a = true -> ts a = CANCEL_DELIVERED ->
    goes t a (Task RESOLVED CancelledBeforeReturned (ex a) true (asked a) true (told a)) [Resolves t CancelledBeforeReturned]
| GoGiveUp : ts a = INITIAL ->
    goes t a (Task RESOLVED CancelledBeforeStarted (ex a) (inside a) true false true)
      [Reaches t; Resolves t CancelledBeforeStarted; Tells t CancelledBeforeStarted]
| GoAskNow : ts a = STARTED -> goes t a (Task CANCEL_DELIVERED (sub a) (ex a) (inside a) true (event a) (told a)) [Reaches t]
| GoAsk : ts a = STARTED -> goes t a (Task PENDING_CANCEL (sub a) (ex a) (inside a) true (event a) (told a)) []
| GoPoll : ts a = PENDING_CANCEL -> goes t a (Task CANCEL_DELIVERED (sub a) (ex a) (inside a) (asked a) (event a) (told a)) [Reaches t]
| GoTake : event a = true -> goes t a (Task (ts a) (sub a) (ex a) (inside a) (asked a) false (resolved (sub a)))
                                    (if resolved (sub a) then [Tells t (sub a)] else [])
| GoLeave : ts a = RESOLVED -> goes t a (Task RESOLVED (sub a) (ex a) false (asked a) (event a) (told a)) [].

Lemma step_goes x o a : ok x -> tasks x (named o) = Some a ->
  exists b, tasks (fst (step x o)) (named o) = Some b /\ goes (named o) a b (snd (step x o)).
Proof.
  intros [G _] T. pose proof (G _ _ T) as A. unfold agree in A. clear G.
  destruct o as [t e | t | t | t | t now | t | t | t | t | t | |]; simpl in *; gate x; rewrite ?T;
    unfold on, begin, resolve, take, to, lock, fewer, put; simpl; rewrite ?T; simpl;
    try (eexists; split; [first [eassumption | reflexivity] | apply GoStay; auto]; fail).
  - destruct (ts a) eqn:S; [destruct (closed x (ex a)) |..]; simpl; rewrite ?upd_same; eauto using goes.
  - destruct (inside a) eqn:I; [destruct (ts a) eqn:S |]; simpl; rewrite ?upd_same; eauto using goes;
      eexists; (split; [reflexivity|]); apply GoReturn; congruence.
  - destruct (inside a) eqn:I; [destruct (ts a) eqn:S |]; simpl; rewrite ?upd_same; eauto using goes.
  - destruct (told a || asked a) eqn:Q; [simpl; eauto using goes|]. apply orb_false_elim in Q as [Q1 Q2].
    destruct (ts a) eqn:S; simpl; try (intuition congruence).
    + rewrite upd_same. eauto using goes.
    + destruct now; simpl; rewrite upd_same; eauto using goes.
    + assert (V : event a = true) by (destruct (event a), A as [[A _] B]; auto; rewrite A in B; simpl in B; congruence).
      pose proof (GoTake t a V) as M. rewrite S in M. rewrite upd_same. eauto.
  - destruct (ts a) eqn:S; simpl; rewrite ?upd_same; eauto using goes.
  - destruct (event a) eqn:V; simpl; rewrite ?upd_same; eauto using goes.
  - destruct (inside a && (negb (ex a) || holds x t)); [destruct (ts a) eqn:S |]; simpl; eauto using goes.
    destruct (ex a) eqn:X; simpl; rewrite upd_same; pose proof (GoLeave t a S) as M; rewrite X in M; eauto.
  - destruct (inside a && ex a && holds x t); simpl; eauto using goes.
  - destruct (inside a && ex a && negb (held x)); simpl; eauto using goes.
Qed.

(* A task that is not there is called, and waits or starts, or nothing is. *)
Lemma step_new x o : tasks x (named o) = None ->
  (tasks (fst (step x o)) (named o) = None /\ (snd (step x o) = [] \/ snd (step x o) = [Trap])) \/
  (exists b, tasks (fst (step x o)) (named o) = Some b /\ ts b = INITIAL /\ sub b = Starting /\ told b = false /\ asked b = false /\ snd (step x o) = []) \/
  (exists b, tasks (fst (step x o)) (named o) = Some b /\ ts b = STARTED /\ sub b = Started /\ told b = false /\
             asked b = false /\ snd (step x o) = [Starts (named o)]).
Proof.
  intro T. destruct o as [t e | t | t | t | t now | t | t | t | t | t | |]; simpl in *; gate x;
    unfold on, begin, lock, put; simpl; rewrite ?T; simpl; auto.
  destruct (closed x e || (0 <? waiting x)); simpl; rewrite upd_same; right; [left | right]; eexists; repeat split.
Qed.

(* ---- the properties ------------------------------------------------------------------------------------------- *)

Definition task_edge (a b : tstate) : Prop :=
  match a, b with
  | INITIAL, (STARTED | RESOLVED) | STARTED, (PENDING_CANCEL | CANCEL_DELIVERED | RESOLVED)
  | PENDING_CANCEL, (CANCEL_DELIVERED | RESOLVED) | CANCEL_DELIVERED, RESOLVED => True
  | _, _ => a = b
  end.
Definition subtask_edge (a b : sstate) : Prop :=
  match a, b with
  | Starting, (Started | CancelledBeforeStarted) | Started, (Returned | CancelledBeforeReturned) => True
  | _, _ => a = b
  end.

Lemma goes_along t a b l : agree a -> goes t a b l -> task_edge (ts a) (ts b) /\ subtask_edge (sub a) (sub b).
Proof.
  intros A M. destruct a as [s u e i q v d]. unfold agree in A. simpl in A. unfold task_edge, subtask_edge.
  destruct M; simpl in *; subst; destruct u; simpl in *; try destruct s; simpl in *; intuition congruence.
Qed.

(* TK01: along the edges of the reference, and the two sides agree; a call begins at the first state or the second. *)
Theorem tk01_states_move_along_the_edges l o t a b : let x := final step init l in
  tasks x t = Some a -> tasks (fst (step x o)) t = Some b -> task_edge (ts a) (ts b) /\ subtask_edge (sub a) (sub b).
Proof.
  intros x E F. pose proof (always_ok l : ok x) as K. destruct (Nat.eq_dec t (named o)) as [-> | N].
  - destruct (step_goes x o a K E) as (c & C & M). rewrite C in F. injection F as <-. destruct K as [G _].
    exact (goes_along _ _ _ _ (G _ _ E) M).
  - rewrite other_task, E in F by auto. injection F as <-. unfold task_edge, subtask_edge. destruct (ts a), (sub a); auto.
Qed.

Theorem tk01_task_and_subtask_agree l t a : tasks (final step init l) t = Some a -> agree a.
Proof. destruct (always_ok l) as [G _]. apply G. Qed.

(* Counting over a run: what a state counts grows by what each step shows. *)
Definition total (f : seen -> nat) (l : list (op * list seen)) : nat := list_sum (map f (flat_map snd l)).
Section Counting.
Variable R : nat -> nat -> Prop. (* = or <= *)
Context (R_same : forall n, R n n) (R_sum : forall a b c d e, R (a + b) c -> R (c + d) e -> R (a + (b + d)) e).

Lemma run_counts (f : seen -> nat) (m : inst -> nat) :
  (forall x o, ok x -> R (m x + list_sum (map f (snd (step x o)))) (m (fst (step x o)))) ->
  forall l x, ok x -> R (m x + total f (log step x l)) (m (final step x l)).
Proof.
  intro H. induction l as [| o l IH]; intros x K; [unfold total, log, final; simpl; rewrite Nat.add_0_r; auto|].
  rewrite log_cons, final_cons. unfold total. simpl. rewrite map_app, list_sum_app.
  eapply R_sum; [apply H; auto | apply IH; auto using step_ok].
Qed.

Definition one (b : bool) : nat := if b then 1 else 0.
Definition count (p : task -> bool) (t : nat) (x : inst) : nat := match tasks x t with Some a => one (p a) | None => 0 end.
Definition resolves (t : nat) (s : seen) : nat := match s with Resolves u _ => one (u =? t) | _ => 0 end.
Definition tells (t : nat) (s : seen) : nat := match s with Tells u _ => one (u =? t) | _ => 0 end.
Definition reaches (t : nat) (s : seen) : nat := match s with Reaches u => one (u =? t) | _ => 0 end.

Definition whose (s : seen) : option nat :=
  match s with Starts t | Resolves t _ | Reaches t | Tells t _ => Some t | Trap => None end.

Lemma step_shows x o s : ok x -> In s (snd (step x o)) -> whose s = Some (named o) \/ s = Trap.
Proof.
  intros K. destruct (tasks x (named o)) as [a |] eqn:T.
  - destruct (step_goes x o a K T) as (b & _ & M). revert M. generalize (snd (step x o)). intros l M.
    destruct M as [l [-> | ->] | | | | | | | | |]; try destruct (resolved (sub a)); simpl; intuition (subst; auto).
  - destruct (step_new x o T) as [[_ [-> | ->]] | [(b & _ & _ & _ & _ & _ & ->) | (b & _ & _ & _ & _ & _ & ->)]]; simpl; intuition (subst; auto).
Qed.

Lemma sum_zero (f : seen -> nat) l : (forall s, In s l -> f s = 0) -> list_sum (map f l) = 0.
Proof. induction l as [| s l IH]; simpl; auto. intro H. rewrite (H s), IH by auto. auto. Qed.

(* What one task counts by p, if each of its changes shows f as often as p rises, and f looks at that task alone. *)
Lemma counts (f : seen -> nat) (p : task -> bool) t l :
  (forall s, whose s <> Some t -> f s = 0) -> f (Starts t) = 0 ->
  (forall b, ts b = INITIAL \/ ts b = STARTED -> told b = false -> asked b = false -> p b = false) ->
  (forall a b l, agree a -> goes t a b l -> R (one (p a) + list_sum (map f l)) (one (p b))) ->
  R (total f (log step init l)) (count p t (final step init l)).
Proof.
  intros F S P M. change (total f (log step init l)) with (count p t init + total f (log step init l)).
  refine (run_counts f (count p t) _ l init init_ok). clear l. intros x o K. unfold count.
  destruct (Nat.eq_dec t (named o)) as [-> | N].
  - destruct (tasks x (named o)) as [a |] eqn:T.
    + destruct (step_goes x o a K T) as (b & -> & G). apply M with (l := snd (step x o)); auto. destruct K as [K _]. eauto.
    + destruct (step_new x o T) as [[-> [-> | ->]] | [(b & -> & B & _ & D & Q & ->) | (b & -> & B & _ & D & Q & ->)]]; simpl; rewrite ?F by (simpl; congruence); auto;
        rewrite ?S, ?P by auto; auto.
  - rewrite other_task by auto. rewrite sum_zero, Nat.add_0_r; auto. intros s I. apply F.
    destruct (step_shows x o s K I) as [E | ->]; [rewrite E | simpl]; congruence.
Qed.
End Counting.

Lemma exactly a b c d e : a + b = c -> c + d = e -> a + (b + d) = e.
Proof. lia. Qed.
Lemma at_most a b c d e : a + b <= c -> c + d <= e -> a + (b + d) <= e.
Proof. lia. Qed.

Ltac looks := let s := fresh in let N := fresh in
  intros s N; destruct s; simpl in *; auto; match goal with |- one (?u =? ?t) = 0 => destruct (Nat.eqb_spec u t); subst; simpl; congruence || auto end.
Ltac by_change := let M := fresh in intros a b l' A M; destruct a as [s u e i q v d]; unfold agree in A; simpl in A;
  destruct M as [l' [-> | ->] | | | | | | | | |]; simpl in *; subst; simpl in *; rewrite ?Nat.eqb_refl; simpl; auto.

(* TK02: over any run a call resolves once if its state says so, else not at all; and its caller is told so at most once. *)
Definition is_resolved (a : task) : bool := match ts a with RESOLVED => true | _ => false end.
Theorem tk02_resolved_exactly_once l t : total (resolves t) (log step init l) = count is_resolved t (final step init l).
Proof.
  apply (counts eq); [auto | exact exactly | looks | auto | intros b [E | E] _ _; unfold is_resolved; now rewrite E |]. unfold is_resolved.
  by_change; destruct s; simpl in *; auto; try congruence; destruct (resolved u); simpl; auto.
Qed.

Theorem tk02_told_exactly_once l t : total (tells t) (log step init l) = count told t (final step init l).
Proof.
  apply (counts eq); [auto | exact exactly | looks | auto | auto |].
  by_change; try (destruct s; simpl in *; intuition (subst; simpl; auto); fail); try (intuition (subst; simpl; auto); fail).
  destruct A as [_ ->]. rewrite andb_false_r. destruct (resolved u); simpl; rewrite ?Nat.eqb_refl; auto.
Qed.

(* What was resolved is there to be told until it is told. *)
Theorem tk02_resolution_is_not_lost l t a : tasks (final step init l) t = Some a -> resolved (sub a) = true ->
  told a = true \/ event a = true.
Proof.
  intros T R. destruct (tk01_task_and_subtask_agree l t a T) as [_ E]. rewrite E, R. destruct (event a); auto.
Qed.

(* TK03: a cancellation reaches the task at most once, and only one that was asked for. *)
Definition reached (a : task) : bool := asked a && match ts a with PENDING_CANCEL => false | _ => true end.
Theorem tk03_delivered_at_most_once l t : total (reaches t) (log step init l) <= count asked t (final step init l) <= 1.
Proof.
  split; [| unfold count; destruct (tasks _ t); auto; unfold one; destruct (asked _); auto].
  assert (H : total (reaches t) (log step init l) <= count reached t (final step init l)).
  { apply (counts le); [auto | exact at_most | looks | auto | intros b _ _ Q; unfold reached; now rewrite Q |]. unfold reached.
    by_change; try lia; try (destruct q, s; simpl in *; intuition (try congruence; try lia); fail).
    all: destruct A as [A _]; try destruct (resolved u); intuition (subst; simpl; rewrite ?Nat.add_0_r; auto). }
  etransitivity; [exact H|]. unfold count. destruct (tasks _ t) as [a |]; auto. unfold reached, one.
  destruct (asked a); simpl; auto. destruct (ts a); auto.
Qed.

(* TK04: the lock is with a thread that is inside and needs it, and nobody takes it from there. *)
Theorem tk04_holder_is_inside l t : let x := final step init l in
  holder x = Some t -> exists a, tasks x t = Some a /\ inside a = true /\ ex a = true.
Proof. destruct (always_ok l) as [_ H]. apply H. Qed.

Theorem tk04_lock_is_never_taken_away l o t : let x := final step init l in
  holder x = Some t -> holder (fst (step x o)) = Some t \/ (named o = t /\ holder (fst (step x o)) = None).
Proof.
  intros x H. generalize dependent x. intro x. clear l. intro H.
  assert (C : held x = true) by (unfold held; now rewrite H).
  assert (S : forall u, holds x u = (t =? u)) by (intro u; unfold holds; now rewrite H).
  destruct o as [u e | u | u | u | u now | u | u | u | u | u | |]; simpl; gate x; auto;
    unfold on, begin, resolve, take, to, lock, fewer, put, closed; simpl; rewrite ?C, ?S;
    destruct (tasks x u) as [[s c e' i q v d]|] eqn:T; simpl; auto;
    cases; rewrite ?andb_true_r, ?andb_false_r, ?orb_true_r in *; simpl in *; auto; try congruence.
  all: right; split; auto; symmetry; apply Nat.eqb_eq; apply andb_prop in Heqb; tauto.
Qed.

(* TK05: nothing starts while the gate is closed, nothing that needs the lock while it is held, and no newcomer before
   those who wait. *)
Theorem tk05_starts_only_while_open x o t : In (Starts t) (snd (step x o)) ->
  pressure x = 0 /\ exists a, tasks (fst (step x o)) t = Some a /\ ts a = STARTED /\ (ex a = true -> holder x = None).
Proof.
  assert (E : forall e, closed x e = false -> pressure x = 0 /\ (e = true -> holder x = None)).
  { intros e H. apply orb_false_elim in H as [P L]. apply Nat.ltb_ge in P. split; [lia|]. intros ->. unfold held in L.
    destruct (holder x); auto. discriminate. }
  destruct o as [u e | u | u | u | u now | u | u | u | u | u | |]; simpl; gate x; try tauto; try (intros [H | []]; discriminate H);
    unfold on, begin, resolve, take, to, lock, fewer, put; simpl;
    destruct (tasks x u) as [[s c e' i q v d]|] eqn:T; simpl; try tauto;
    cases; try tauto; try (intros [H | H]; discriminate || tauto); try (intros [H | [H | H]]; discriminate || tauto);
    try (intros [H | [H | [H | H]]]; discriminate || tauto).
  - apply orb_false_elim in Heqb as [C _]. intros [H | []]. injection H as <-. rewrite upd_same. apply E in C as [C1 C2]. eauto 6.
  - intros [H | []]. injection H as <-. rewrite upd_same. apply E in Heqb as [C1 C2]. eauto 6.
Qed.

Theorem tk05_no_newcomer_overtakes x t e : 0 < waiting x -> snd (step x (OCall t e)) = [].
Proof. intro W. apply Nat.ltb_lt in W. simpl. destruct (tasks x t); auto. rewrite W, orb_true_r. reflexivity. Qed.

(* ... and who waits gets in as soon as it is open. *)
Theorem tk05_opens_for_who_waits x t a : tasks x t = Some a -> ts a = INITIAL -> closed x (ex a) = false ->
  snd (step x (OEnter t)) = [Starts t].
Proof. intros T I C. simpl. unfold on. rewrite T, I, C. reflexivity. Qed.

(* ... the gate is closed exactly as long as somebody closed it and did not open it again: going past either end traps. *)
Theorem tk05_gate_counts l : pressure (final step init l) <= most /\
  forall x, (pressure x = most -> step x OInc = (x, [Trap])) /\ (pressure x = 0 -> step x ODec = (x, [Trap])).
Proof.
  split.
  - apply (run_keeps step (fun x => pressure x <= most) (fun _ => True)); auto; [| simpl; lia].
    intros x o H _. destruct o as [t e | t | t | t | t now | t | t | t | t | t | |]; simpl;
      unfold on, begin, resolve, take, to, lock, fewer, put; simpl; cases; auto;
      try (apply Nat.eqb_neq in Heqb; lia).
  - intro x. split; intro E; simpl; rewrite E, ?Nat.eqb_refl; reflexivity.
Qed.
End Gate.
